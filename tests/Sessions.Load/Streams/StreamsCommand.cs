using System.CommandLine;

namespace Sessions.Load;

/// <summary>Scenario <c>streams</c>: one worker's process with many runs that all stream.</summary>
internal static class StreamsCommand
{
    public static Command Create()
    {
        var command = new Command("streams", "Have one worker process stream deltas of many runs at the same time.");
        var runs = CommonOptions.Number(command, "--runs", "How many runs.", 1_000, 1, 10_000);
        var rate = CommonOptions.Number(command, "--rate", "Deltas per second of each.", 10, 1, 1_000);
        var seconds = CommonOptions.Number(command, "--seconds", "For how long.", 30, 1, 3_600);
        var subscribers = CommonOptions.Number(command, "--subscribers", "How many of the runs are followed meanwhile.", 50, 0, 1_000);
        var replicas = WorkerScene.ReplicasOf(command);
        var common = CommonOptions.AddWithOrleansTo(command, CommonOptions.Memory, CommonOptions.Postgres);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LoadProcess.Prepare();
            var settings = new StreamsSettings(
                parsed.GetValue(runs), parsed.GetValue(rate), parsed.GetValue(seconds), Math.Min(parsed.GetValue(runs), parsed.GetValue(subscribers)));
            await using var scene = await WorkerScene.StartAsync(
                common.OnPostgres(parsed) ? parsed.GetValue(replicas) : 0, common.Connection(parsed), common.EngineSettings(parsed), cancellationToken);
            return (await StreamsScenario.RunAsync(scene, settings, cancellationToken)).Print(common.Json(parsed));
        });
        return command;
    }
}
