using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// How long it takes until a change is seen at another silo's gateway, from before it was asked for, so the commit included:
/// deltas at a follower and titles at a watcher, on two silos in this process; then deltas from one silo's process to an event
/// stream of another, over HTTP.
/// </summary>
internal static class SiloLatency
{
    public static async Task<Report> RunAsync(
        FanoutSettings settings, RoundSettings rounds, LoadServer server, CancellationToken cancellationToken)
    {
        var report = new Report("latency", string.Create(
            CultureInfo.InvariantCulture,
            $"engine orleans, two silos; {settings.Seconds} s x {rounds.Count}, {settings.Sessions} sessions with {settings.Rate} changes/s each; {server.Facts}"));
        await using (var silos = await SiloPair.StartAsync(await server.CreateDatabaseAsync(cancellationToken), cancellationToken))
        {
            await AddAsync("delta at a follower", async (round, latencies) =>
            {
                using var target = new SiloDeltas(silos, round, latencies);
                await target.PrepareAsync(cancellationToken);
                var following = Enumerable.Range(0, round.Sessions).Select(session => Task.Run(() => target.FollowAsync(session, cancellationToken))).ToArray();
                await FanoutPublisher.RunAsync(target, round, cancellationToken);
                foreach (var followed in following)
                    report.Fail(await followed.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken));
            });
            await AddAsync("change at a watcher", async (round, latencies) =>
            {
                using var target = new SiloChanges(silos, round, latencies);
                await target.PrepareAsync(cancellationToken);
                var published = new TaskCompletionSource();
                var watching = Enumerable.Range(0, silos.Doors.Count).Select(silo => Task.Run(() => target.WatchAsync(silo, published.Task, cancellationToken))).ToArray();
                await FanoutPublisher.RunAsync(target, round, cancellationToken);
                published.SetResult();
                foreach (var watched in watching)
                    report.Fail(await watched);
            });
        }

        var own = await server.CreateDatabaseAsync(cancellationToken);
        string[] silo = ["--Sessions:Engine=orleans"];
        await using var writes = await ServerProcess.StartAsync(ServeCommand.Real, own, cancellationToken, silo);
        await using var reads = await ServerProcess.StartAsync(ServeCommand.Real, own, cancellationToken, silo);
        await AddAsync("delta from process A to B, HTTP", async (round, latencies) =>
        {
            report.Fail((await RelayRound.RunAsync(writes, reads, round, cancellationToken, latencies)).Faults);
        }, rounds.Warm * 3);
        return report;

        // Fresh processes compile for longer than silos in a process that runs already.
        async Task AddAsync(string name, Func<FanoutSettings, Latencies, Task> measureAsync, TimeSpan? warm = null)
        {
            var seen = new List<LatencySummary>();
            for (var round = rounds.Warm > TimeSpan.Zero ? -1 : 0; round < rounds.Count; round++)
            {
                var latencies = new Latencies();
                var seconds = round < 0 ? (int)Math.Ceiling((warm ?? rounds.Warm / 2).TotalSeconds) : settings.Seconds;
                await measureAsync(settings with { Seconds = seconds, Prefix = string.Create(CultureInfo.InvariantCulture, $"r{round}-") }, latencies);
                if (round >= 0)
                    seen.Add(latencies.Summarize());
            }

            report.Add($"{name} p50, ms", Median.Of(seen, latency => latency.P50), target: Target.AtMost(15));
            report.Add($"{name} p99, ms", Median.Of(seen, latency => latency.P99), target: Target.AtMost(60));
            report.Add($"{name} max, ms", seen.Max(latency => latency.Max));
            report.Add($"{name}, seen a second", Median.Of(seen, latency => latency.Count / (double)settings.Seconds));
        }
    }
}
