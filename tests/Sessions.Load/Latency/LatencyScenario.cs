using System.Globalization;

namespace Sessions.Load;

/// <summary>Both parts of scenario <c>latency</c>, each in turn with what the database alone takes.</summary>
internal static class LatencyScenario
{
    private const int Turns = 10;
    private const int DecisionsPerRun = 3;

    public static async Task<Report> RunAsync(
        FanoutSettings settings, RoundSettings rounds, string? connectionString, CancellationToken cancellationToken)
    {
        await using var server = await LoadServer.StartAsync(connectionString, cancellationToken);
        await using var reference = await ReferenceDatabase.CreateAsync(await server.CreateDatabaseAsync(cancellationToken), cancellationToken);
        var raw = new RawLatency(reference);
        var own = await server.CreateDatabaseAsync(cancellationToken);
        var report = new Report("latency", string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Seconds} s x {rounds.Count}, {settings.Sessions} sessions with {settings.Rate} deltas/s each; {server.Facts}; reference: one committed insert, and one with a notification to another connection"));

        var runs = await SendsAsync(own, raw, settings.Seconds, rounds, report, cancellationToken);
        var (relayed, deltas) = await RelayAsync(own, raw, settings, rounds, report, cancellationToken);
        runs += relayed;
        report.Fail(await DatabaseAudit.RunAsync(own, runs, runs * DecisionsPerRun, deltas, cancellationToken));
        report.Fail(await reference.AuditAsync(raw.Rows, cancellationToken));
        return report;
    }

    /// <summary>Sends one at a time.</summary>
    /// <returns>How many runs that made.</returns>
    private static async Task<long> SendsAsync(
        string connectionString, RawLatency raw, int seconds, RoundSettings rounds, Report report, CancellationToken cancellationToken)
    {
        await using var engine = await ReplicaGroup.StartAsync(connectionString, 1, cancellationToken);
        await using var server = await ServerProcess.StartAsync(ServeCommand.Real, connectionString, cancellationToken);
        var one = new LifecycleSettings(1, Turns, 1, 1, seconds);
        using var http = await HttpTarget.ConnectAsync(server.Address, one, cancellationToken);
        var (bare, byEngine, byHttp) = (new List<LatencySummary>(), new List<LatencySummary>(), new List<LatencySummary>());
        var runs = 0L;
        for (var round = rounds.Warm > TimeSpan.Zero ? -1 : 0; round < rounds.Count; round++)
        {
            var time = round < 0 ? rounds.Warm / 2 : TimeSpan.FromSeconds(seconds);
            var name = string.Create(CultureInfo.InvariantCulture, $"send{round}");
            var committed = await raw.CommitAsync(time, cancellationToken);
            var order = new ReplicaOrder(ReplicaWork.Sends, name, 0, one with { Seconds = (int)Math.Ceiling(time.TotalSeconds) });
            var sent = await engine.DoAsync(order, cancellationToken);
            var latencies = new Latencies();
            runs += sent.Done + await SendWork.DriveAsync(http, $"http-{name}", time, Turns, latencies, cancellationToken);
            if (round < 0)
                continue;

            bare.Add(committed);
            byEngine.Add(GroupRound.Latency([sent]));
            byHttp.Add(latencies.Summarize());
        }

        Add("send accepted, engine", byEngine);
        Add("send accepted, HTTP", byHttp);
        return runs;

        void Add(string name, List<LatencySummary> sends)
        {
            report.Add($"{name} p50, ms", Median.Of(sends, send => send.P50), Median.Of(bare, commit => commit.P50), ratio: true, Target.RatioAtMost(3));
            report.Add($"{name} p99, ms", Median.Of(sends, send => send.P99), Median.Of(bare, commit => commit.P99), ratio: true);
        }
    }

    /// <summary>Writes deltas through one server and reads them at another.</summary>
    /// <returns>How many runs and deltas that made.</returns>
    private static async Task<(long Runs, long Deltas)> RelayAsync(
        string connectionString, RawLatency raw, FanoutSettings settings, RoundSettings rounds, Report report, CancellationToken cancellationToken)
    {
        await using var writes = await ServerProcess.StartAsync(ServeCommand.Real, connectionString, cancellationToken);
        await using var reads = await ServerProcess.StartAsync(ServeCommand.Real, connectionString, cancellationToken);
        var (bare, relayed) = (new List<LatencySummary>(), new List<RelayRound>());
        var (runs, deltas) = (0L, 0L);
        for (var round = rounds.Warm > TimeSpan.Zero ? -1 : 0; round < rounds.Count; round++)
        {
            var seconds = round < 0 ? (int)Math.Ceiling(rounds.Warm.TotalSeconds) : settings.Seconds;
            var notified = await raw.NotifyAsync(settings.Rate * settings.Sessions, TimeSpan.FromSeconds(round < 0 ? 1 : seconds), cancellationToken);
            var name = string.Create(CultureInfo.InvariantCulture, $"relay{round}-");
            var relay = await RelayRound.RunAsync(writes, reads, settings with { Seconds = seconds, Prefix = name }, cancellationToken);
            runs += settings.AllSessions;
            deltas += relay.Deltas;
            report.Fail(relay.Faults);
            if (round < 0)
                continue;

            bare.Add(notified);
            relayed.Add(relay);
        }

        report.Add("deltas relayed/s", Median.Of(relayed, relay => relay.PerSecond), settings.Rate * settings.Sessions, ratio: true);
        report.Add("delta from A to B p50, ms", Median.Of(relayed, relay => relay.Latency.P50), Median.Of(bare, commit => commit.P50), ratio: true, Target.AtMost(10));
        report.Add("delta from A to B p99, ms", Median.Of(relayed, relay => relay.Latency.P99), Median.Of(bare, commit => commit.P99), ratio: true, Target.AtMost(50));
        report.Add("delta from A to B max, ms", relayed.Max(relay => relay.Latency.Max), bare.Max(commit => commit.Max));
        return (runs, deltas);
    }
}
