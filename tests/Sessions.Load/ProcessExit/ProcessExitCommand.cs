using System.CommandLine;
using System.Globalization;

namespace Sessions.Load;

/// <summary>Scenario <c>process-exit</c>: from the exit of an agent's process to its run's terminal event at a subscriber.</summary>
internal static class ProcessExitCommand
{
    public static Command Create()
    {
        var command = new Command("process-exit", "Have an agent's children exit, until each run's terminal event is there.");
        var exits = CommonOptions.Number(command, "--exits", "How many.", 100, 1, 10_000);
        var atATime = CommonOptions.Number(command, "--concurrency", "How many at a time.", 1, 1, 100);
        var replicas = WorkerScene.ReplicasOf(command);
        var common = CommonOptions.AddWithOrleansTo(command, CommonOptions.Memory, CommonOptions.Postgres);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var scene = await WorkerScene.StartAsync(
                common.OnPostgres(parsed) ? parsed.GetValue(replicas) : 0,
                common.Connection(parsed),
                [.. common.EngineSettings(parsed), .. ProcessExitRound.Settings(parsed.GetValue(atATime))],
                cancellationToken);
            var settings = string.Create(
                CultureInfo.InvariantCulture, $"{parsed.GetValue(exits)} exits, {parsed.GetValue(atATime)} at a time, over HTTP; {scene.Words}");
            var report = new Report("process-exit", settings);
            using var round = new ProcessExitRound(scene);
            await Parallel.ForAsync(
                0, parsed.GetValue(exits),
                new ParallelOptions { MaxDegreeOfParallelism = parsed.GetValue(atATime), CancellationToken = cancellationToken },
                async (at, token) => await round.ExitAsync(at, token));
            var exiting = round.Latencies.Summarize();
            report.Add("exit to terminal event p50, ms", exiting.P50);
            report.Add("exit to terminal event p99, ms", exiting.P99, target: Target.AtMost(250));
            report.Add("exit to terminal event max, ms", exiting.Max);
            report.Fail(round.Faults);
            return report.Print(common.Json(parsed));
        });
        return command;
    }
}
