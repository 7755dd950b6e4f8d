using System.CommandLine;
using System.Globalization;

namespace Sessions.Load;

/// <summary>Scenario <c>worker-death</c>: from a worker's SIGKILL to its run's terminal event at a subscriber of another replica.</summary>
internal static class WorkerDeathCommand
{
    public static Command Create()
    {
        var command = new Command("worker-death", "Kill workers that hold a run, until each run's terminal event is there.");
        var kills = CommonOptions.Number(command, "--kills", "How many.", 100, 1, 10_000);
        var atATime = CommonOptions.Number(command, "--concurrency", "How many workers at a time.", 10, 1, 100);
        var ttl = CommonOptions.Number(command, "--ttl-seconds", "The lease's TTL.", 3, 1, 60);
        var seed = CommonOptions.Number(command, "--seed", "Of the moments at which workers are killed; 0: drawn.", 0, 0, int.MaxValue);
        var replicas = WorkerScene.ReplicasOf(command);
        var common = CommonOptions.AddWithOrleansTo(command, CommonOptions.Memory, CommonOptions.Postgres);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LoadProcess.Prepare();
            var settings = new WorkerDeathSettings(
                parsed.GetValue(kills),
                parsed.GetValue(atATime),
                TimeSpan.FromSeconds(parsed.GetValue(ttl)),
                parsed.GetValue(seed) is > 0 and var given ? given : Random.Shared.Next(1, int.MaxValue));
            string[] server = [.. common.EngineSettings(parsed), string.Create(CultureInfo.InvariantCulture, $"--Sessions:Lease:Ttl={settings.Ttl}")];
            await using var scene = await WorkerScene.StartAsync(
                common.OnPostgres(parsed) ? parsed.GetValue(replicas) : 0, common.Connection(parsed), server, cancellationToken);
            return (await WorkerDeathScenario.RunAsync(scene, settings, cancellationToken)).Print(common.Json(parsed));
        });
        return command;
    }
}
