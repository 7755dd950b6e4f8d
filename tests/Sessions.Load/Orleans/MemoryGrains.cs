using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Sessions.Core;
using Sessions.Orleans.Abstractions;

namespace Sessions.Load;

/// <summary>
/// What a session's grain costs over a bare one, with the store in memory: a frontend's sends in turn with calls that carry
/// the same and do nothing. Then whole runs through the silos' gateways.
/// </summary>
internal static class MemoryGrains
{
    private const int Grains = 2_000;

    /// <summary>As many runs as wait in a session by default.</summary>
    private const int Calls = 20;

    public static async Task<Report> RunAsync(LifecycleSettings settings, RoundSettings rounds, CancellationToken cancellationToken)
    {
        await using var silos = await SiloPair.StartAsync(null, cancellationToken);
        var report = new Report("lifecycle", string.Create(
            CultureInfo.InvariantCulture,
            $"engine orleans, two silos, store memory; {Grains} grains x {Calls} calls x {rounds.Count}, {settings}; reference: bare grain calls with the same request and answer"));
        var (bare, sent, runs) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = rounds.Warm > TimeSpan.Zero ? -1 : 0; round < rounds.Count; round++)
        {
            var tenant = string.Create(CultureInfo.InvariantCulture, $"round{round}");
            var bareRate = await CallAsync(
                grain => silos.Client.GetGrain<IBareGrain>($"{tenant}/{grain}").SendAsync, settings.Sessions, cancellationToken);
            var sendRate = await CallAsync(
                grain => Session(grain).SendAsync, settings.Sessions, cancellationToken);
            for (var grain = 0; grain < Grains; grain++)
                report.Fail(await AuditAsync(grain));

            var driver = new LifecycleDriver(new EngineTarget(silos.Doors, SiloPair.Agent, settings), settings with { Seconds = 4 });
            var target = new EngineTarget(silos.Doors, SiloPair.Agent, settings);
            var driven = await driver.RunAsync($"r{tenant}", int.MaxValue, cancellationToken);
            report.Fail(await LifecycleAudit.RunAsync(driven, target.ReadLogAsync, cancellationToken));
            if (round < 0)
                continue;

            bare.Add(bareRate);
            sent.Add(sendRate);
            runs.Add(driven.RunsPerSecond);

            ISessionGrain Session(int grain) => silos.Client.GetGrain<ISessionGrain>($"{tenant}/s{grain}");

            async Task<IEnumerable<string>> AuditAsync(int grain)
            {
                var log = (await Session(grain).ReadLogAsync(0, 1_000)).Value!.Records;
                return SeqsOf(log) && log.Count(record => record.Event is RunQueued) == Calls + 1
                    ? []
                    : [$"session s{grain}: {log.Length} records, of which {log.Count(record => record.Event is RunQueued)} are accepted sends, {Calls + 1} were acknowledged"];
            }
        }

        report.Add("sends/s through the grain", Median.Of(sent), Median.Of(bare), ratio: true, Target.RatioAtLeast(0.5));
        report.Add("full runs/s", Median.Of(runs));
        return report;
    }

    private static bool SeqsOf(ImmutableArray<LogRecord> log) => log.Index().All(record => record.Item.Seq == record.Index + 1);

    /// <summary>Calls each grain once, so that it is active, and then measures.</summary>
    /// <returns>Calls a second.</returns>
    private static async Task<double> CallAsync(
        Func<int, Func<SendRequest, Task<Reply<SendOutcome>>>> grains, int callers, CancellationToken cancellationToken)
    {
        await CallAsync(grains, callers, 0, 1, cancellationToken);
        GC.Collect();
        var from = Stopwatch.GetTimestamp();
        await CallAsync(grains, callers, 1, Calls, cancellationToken);
        return Grains * Calls / Stopwatch.GetElapsedTime(from).TotalSeconds;
    }

    private static async Task CallAsync(
        Func<int, Func<SendRequest, Task<Reply<SendOutcome>>>> grains, int callers, int first, int calls, CancellationToken cancellationToken)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync, cancellationToken)));

        async Task CallAsync()
        {
            for (var at = Interlocked.Increment(ref next); at < Grains * calls; at = Interlocked.Increment(ref next))
            {
                var (turn, grain) = Math.DivRem(at, Grains);
                var run = RunTicket.Create(0, "", first + turn).Run;
                var reply = await grains(grain)(new SendRequest(RunTicket.Text) { RunId = new RunId(run) });
                if (reply.Refusal is { } refusal)
                    throw new InvalidDataException($"A send was refused: {refusal.Message}");
            }
        }
    }
}
