using System.CommandLine;

namespace Sessions.Load;

/// <summary>Scenario <c>abort</c>: from an abort to the cancellation of the agent in a worker's process.</summary>
internal static class AbortCommand
{
    public static Command Create()
    {
        var command = new Command("abort", "Abort through one replica what a worker of another one runs.");
        var aborts = CommonOptions.Number(command, "--aborts", "How many to measure.", 1_000, 1, 100_000);
        var atATime = CommonOptions.Number(command, "--concurrency", "How many at a time.", 1, 1, 100);
        var replicas = WorkerScene.ReplicasOf(command);
        var common = CommonOptions.AddWithOrleansTo(command, CommonOptions.Memory, CommonOptions.Postgres);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LoadProcess.Prepare();
            await using var scene = await WorkerScene.StartAsync(
                common.OnPostgres(parsed) ? parsed.GetValue(replicas) : 0, common.Connection(parsed), common.EngineSettings(parsed), cancellationToken);
            var report = await AbortScenario.RunAsync(scene, parsed.GetValue(aborts), parsed.GetValue(atATime), cancellationToken);
            return report.Print(common.Json(parsed));
        });
        return command;
    }
}
