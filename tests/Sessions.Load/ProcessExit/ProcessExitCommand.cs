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
        var common = CommonOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = string.Create(
                CultureInfo.InvariantCulture, $"{parsed.GetValue(exits)} exits, {parsed.GetValue(atATime)} at a time, over HTTP, store memory");
            var report = new Report("process-exit", settings);
            await using var round = await ProcessExitRound.StartAsync(parsed.GetValue(atATime), cancellationToken);
            await Parallel.ForAsync(
                0, parsed.GetValue(exits),
                new ParallelOptions { MaxDegreeOfParallelism = parsed.GetValue(atATime), CancellationToken = cancellationToken },
                async (at, token) => await round.ExitAsync(at, token));
            report.Add("exit to terminal event", round.Latencies.Summarize());
            report.Fail(round.Faults);
            return report.Print(common.Json(parsed));
        });
        return command;
    }
}
