using System.CommandLine;

namespace Sessions.Load;

/// <summary>Scenario <c>fanout</c>: many subscribers to a few sessions.</summary>
internal static class FanoutCommand
{
    public static Command Create()
    {
        var command = new Command("fanout", "Send events to many subscribers over SSE.");
        var subscribers = CommonOptions.Number(command, "--subscribers", "Open streams.", 500, 1, 20_000);
        var sessions = CommonOptions.Number(command, "--sessions", "Sessions that they are spread over.", 10, 1, 100);
        var rate = CommonOptions.Number(command, "--rate", "Events per session and second; 0: as fast as possible.", 10, 0, 100_000);
        var events = CommonOptions.Number(command, "--events", "Events per session at most; 0: as many as fit in the time, or 2,000 unpaced.", 0, 0, 1_000_000);
        var seconds = CommonOptions.Number(command, "--seconds", "How long to publish at most.", 10, 1, 600);
        var warm = CommonOptions.Number(command, "--warm-seconds", "How long to warm each server up: its hot paths are compiled meanwhile.", 8, 1, 600);
        var common = CommonOptions.AddTo(command, CommonOptions.Memory);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var pace = parsed.GetValue(rate);
            var count = parsed.GetValue(events) is > 0 and var given ? given : pace == 0 ? 2_000 : int.MaxValue;
            var settings = new FanoutSettings(
                parsed.GetValue(subscribers), parsed.GetValue(sessions), pace, count, parsed.GetValue(seconds), parsed.GetValue(warm));
            return (await RunAsync(settings, cancellationToken)).Print(common.Json(parsed));
        });
        return command;
    }

    private static async Task<Report> RunAsync(FanoutSettings settings, CancellationToken cancellationToken)
    {
        LoadProcess.Prepare();
        FanoutRound round, bare;
        await using (var server = await ServerProcess.StartAsync(ServeCommand.Real, cancellationToken))
        {
            using var target = new ServerFanout(server.Address, settings);
            round = await FanoutRound.RunAsync(server, target, settings, cancellationToken);
        }

        await using (var server = await ServerProcess.StartAsync(ServeCommand.Reference, cancellationToken))
        {
            using var target = new ReferenceFanout(server.Address, settings);
            bare = await FanoutRound.RunAsync(server, target, settings, cancellationToken);
        }

        var report = new Report("fanout", $"{settings}; reference: bare Kestrel, same frames to as many readers");
        report.Add("events delivered/s", round.EventsPerSecond, bare.EventsPerSecond, ratio: true);
        report.Add("the same per s of server CPU", PerCpu(round), PerCpu(bare), ratio: true);
        report.Add("append to receipt", round.Latency, bare.Latency);
        report.Add("server bytes allocated per event", PerEvent(round, round.Spent.Allocated), PerEvent(bare, bare.Spent.Allocated));
        report.Collections(round.Spent, bare.Spent);
        report.Add("heap per idle subscriber, KiB", PerSubscriber(round.Idle.Heap), PerSubscriber(bare.Idle.Heap));
        report.Add("working set per idle one, KiB", PerSubscriber(round.Idle.WorkingSet), PerSubscriber(bare.Idle.WorkingSet));
        report.Fail(round.Faults);
        report.Fail(bare.Faults.Select(fault => $"reference: {fault}"));
        return report;

        double PerSubscriber(long bytes) => bytes / 1024.0 / settings.Subscribers;

        static double PerCpu(FanoutRound of) => of.Latency.Count / of.Spent.CpuSeconds;

        static double PerEvent(FanoutRound of, double spent) => spent / Math.Max(1, of.Latency.Count);
    }
}
