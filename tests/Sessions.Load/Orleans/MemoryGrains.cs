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

    private const int Calls = 20;

    /// <summary>Bare calls and sends take turns so often in a round.</summary>
    private const int Turns = 3;

    public static async Task<Report> RunAsync(LifecycleSettings settings, RoundSettings rounds, CancellationToken cancellationToken)
    {
        await using var silos = await SiloPair.StartAsync(null, cancellationToken);
        var report = new Report("lifecycle", string.Create(
            CultureInfo.InvariantCulture,
            $"engine orleans, two silos, store memory; {Grains} grains x {Calls} calls x {rounds.Count}, {settings}; reference: bare grain calls with the same request and answer"));
        var (bare, sent, runs) = (new List<double>(), new List<double>(), new List<double>());
        var number = 0;
        for (var warming = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warming) < rounds.Warm;)
            await MeasureAsync(silos, number++, settings, report, cancellationToken);

        var target = new EngineTarget(silos.Doors, SiloPair.Agent, settings);
        var driver = new LifecycleDriver(target, settings with { Seconds = Math.Max(1, settings.Seconds / rounds.Count) });
        for (var round = 0; round < rounds.Count; round++)
        {
            for (var turn = 0; turn < Turns; turn++)
            {
                var (bareRate, sendRate) = await MeasureAsync(silos, number++, settings, report, cancellationToken);
                bare.Add(bareRate);
                sent.Add(sendRate);
            }

            var driven = await driver.RunAsync(string.Create(CultureInfo.InvariantCulture, $"run{round}"), int.MaxValue, cancellationToken);
            report.Fail(await LifecycleAudit.RunAsync(driven, target.ReadLogAsync, cancellationToken));
            runs.Add(driven.RunsPerSecond);
        }

        report.Add("sends/s through the grain", Median.Of(sent), Median.Of(bare), ratio: true, Target.RatioAtLeast(0.5));
        report.Add("full runs/s", Median.Of(runs));
        return report;
    }

    private static async Task<(double Bare, double Sent)> MeasureAsync(
        SiloPair silos, int number, LifecycleSettings settings, Report report, CancellationToken cancellationToken)
    {
        var tenant = string.Create(CultureInfo.InvariantCulture, $"round{number}");
        var (bare, sent) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var turn = 0; turn <= Calls; turn++)
        {
            var run = new RunId(RunTicket.Create(0, "", turn).Run);
            var bareTook = await EachAsync(grain => CallAsync(silos.Client.GetGrain<IBareGrain>(Key(grain)).SendAsync(Message(run))));
            var sendTook = await EachAsync(grain => CallAsync(Session(grain).SendAsync(Message(run))));

            // Not counted: so that the next is sent to an idle session too. In the first turn the grains become active.
            await EachAsync(grain => Session(grain).AbortAsync(new AbortRequest()));
            if (turn > 0)
                (bare, sent) = (bare + bareTook, sent + sendTook);
        }

        for (var grain = 0; grain < Grains; grain++)
        {
            var log = (await Session(grain).ReadLogAsync(0, 1_000)).Value!.Records;
            var accepted = log.Count(record => record.Event is RunQueued);
            if (!AreGapless(log) || accepted != Calls + 1)
                report.Fail([$"session {Key(grain)}: {log.Length} records, of which {accepted} are accepted sends; {Calls + 1} were acknowledged"]);
        }

        return (Grains * Calls / bare.TotalSeconds, Grains * Calls / sent.TotalSeconds);

        string Key(int grain) => string.Create(CultureInfo.InvariantCulture, $"{tenant}/s{grain}");

        ISessionGrain Session(int grain) => silos.Client.GetGrain<ISessionGrain>(Key(grain));

        Task<TimeSpan> EachAsync(Func<int, Task> call) => MemoryGrains.EachAsync(call, settings.Sessions, cancellationToken);
    }

    private static bool AreGapless(ImmutableArray<LogRecord> log) => log.Index().All(record => record.Item.Seq == record.Index + 1);

    private static SendRequest Message(RunId run) => new(RunTicket.Text) { RunId = run };

    private static async Task CallAsync(Task<Reply<SendOutcome>> call)
    {
        if ((await call).Refusal is { } refusal)
            throw new InvalidDataException($"A send was refused: {refusal.Message}");
    }

    /// <summary>Calls each grain once, several at a time.</summary>
    /// <returns>How long that took.</returns>
    private static async Task<TimeSpan> EachAsync(Func<int, Task> call, int callers, CancellationToken cancellationToken)
    {
        var next = -1;
        var from = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync, cancellationToken)));
        return Stopwatch.GetElapsedTime(from);

        async Task CallAsync()
        {
            for (var grain = Interlocked.Increment(ref next); grain < Grains; grain = Interlocked.Increment(ref next))
                await call(grain);
        }
    }
}
