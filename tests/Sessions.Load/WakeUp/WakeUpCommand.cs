using System.CommandLine;

namespace Sessions.Load;

/// <summary>Scenario <c>wakeup</c>: from a send to agent code that runs in a worker's process.</summary>
internal static class WakeUpCommand
{
    public static Command Create()
    {
        var command = new Command("wakeup", "Send to one replica what an idle worker of another one takes, one message at a time.");
        var sends = CommonOptions.Number(command, "--sends", "How many to measure.", 1_000, 1, 100_000);
        var replicas = WorkerScene.ReplicasOf(command);
        var common = CommonOptions.AddWithOrleansTo(command, CommonOptions.Memory, CommonOptions.Postgres);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LoadProcess.Prepare();
            var onPostgres = common.OnPostgres(parsed);
            await using var scene = await WorkerScene.StartAsync(
                onPostgres ? parsed.GetValue(replicas) : 0, common.Connection(parsed), common.EngineSettings(parsed), cancellationToken);
            var report = await WakeUpScenario.RunAsync(scene, parsed.GetValue(sends), onPostgres ? 20 : 10, cancellationToken);
            return report.Print(common.Json(parsed));
        });
        return command;
    }
}
