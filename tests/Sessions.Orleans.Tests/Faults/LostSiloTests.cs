using System.Diagnostics;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Orleans.Tests;

/// <summary>Silos are killed, stopped and added under load (invariants 2, 20, 24, 36).</summary>
public sealed class LostSiloTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly EngineOptions Options = new() { MaxQueued = 5 };

    private readonly ManualTimeProvider _time = new();
    private MemoryStore? _store;
    private SiloCluster? _silos;

    private SiloCluster Silos => _silos!;

    public async Task InitializeAsync()
    {
        _store = new MemoryStore(_time);
        _silos = await SiloCluster.StartAsync(3, Options, _time, () => _store);
    }

    public async Task DisposeAsync() => await Silos.DisposeAsync();

    [Fact]
    public async Task Sessions_of_a_killed_silo_answer_again_and_what_was_acknowledged_is_there()
    {
        var door = Silos.Engines.Last().Sessions;
        var keys = Enumerable.Range(0, 60).Select(n => new SessionKey(new("t"), new($"s{n}"))).ToArray();
        var sent = new List<(SessionKey Key, RunId Run)>();
        foreach (var key in keys)
            sent.Add((key, (await door.SendAsync(key, new Sending("x"), default)).Value!.Run!.Id));

        var killed = Stopwatch.GetTimestamp();
        await Silos.Cluster.KillSiloAsync(Silos.Cluster.Silos[1]);
        await Task.WhenAll(keys.Select(async key => await AnswersAsync(door, key)));
        var back = Stopwatch.GetElapsedTime(killed);

        output.WriteLine($"All sessions answer {back.TotalSeconds:0.0} s after the kill; a silo's death is known after {SiloCluster.Detection.TotalSeconds:0.0} s.");
        Assert.InRange(back, TimeSpan.Zero, SiloCluster.Detection + TimeSpan.FromSeconds(2));
        foreach (var (key, run) in sent)
            Assert.Equal(RunStatus.Queued, (await door.GetRunAsync(key, run, default, default)).Value!.Status);
    }

    [Fact]
    public async Task Killing_stopping_and_adding_silos_under_load_breaks_no_invariant()
    {
        await using var cluster = new Steady(Silos, _store!, _time);
        var dice = new Dice(output);
        using var enough = new CancellationTokenSource();
        var troubling = Task.Run(() => TroubleAsync(dice, enough));
        var unreachable = 0;
        for (var round = 0; !enough.IsCancellationRequested; round++)
        {
            var history = await new RandomHistory(cluster, new TenantId($"t{round}"), Options.LeaseTtl, dice).RunAsync(100, 50);

            // A call on its way to a silo that dies is told that nothing is known; anything else is a fault.
            var violations = HistoryChecker.Check(history).Where(violation =>
                violation.Invariant != 20 || !violation.What.Contains("owner can't be reached", StringComparison.Ordinal)).ToArray();
            unreachable += HistoryChecker.Check(history).Count - violations.Length;
            Assert.True(violations.Length == 0, string.Join(Environment.NewLine, violations.Take(20).AsEnumerable()));
            output.WriteLine($"Round {round}: {HistoryCounts.Of(history)}");
        }

        await troubling;
        output.WriteLine($"{unreachable} calls were told that the owner can't be reached.");
    }

    /// <summary>Until it answers; a call that was on its way to the dead silo is repeated.</summary>
    private static async Task AnswersAsync(ISessions door, SessionKey key)
    {
        while (true)
        {
            try
            {
                var updated = await door.UpdateAsync(key, "again", null, default);
                Assert.False(updated.IsRefused);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Kills or stops a silo, never the first, and adds another in its place.</summary>
    private async Task TroubleAsync(Dice dice, CancellationTokenSource done)
    {
        try
        {
            for (var round = 0; round < 12; round++)
            {
                var victim = Silos.Cluster.Silos[1 + dice.Below(Silos.Cluster.Silos.Count - 1)];
                if (round % 2 == 0)
                    await Silos.Cluster.KillSiloAsync(victim);
                else
                    await Silos.Cluster.StopSiloAsync(victim);

                await Silos.Cluster.StartAdditionalSiloAsync();
            }
        }
        finally
        {
            await done.CancelAsync();
        }
    }

    /// <summary>The cluster through what no fault touches: the first silo, and the client.</summary>
    private sealed class Steady(SiloCluster silos, ISessionStore store, ManualTimeProvider time) : EngineCluster
    {
        public override IReadOnlyList<EngineReplica> Replicas { get; } =
            [.. new[] { silos.Engines.First(), silos.Engines.Last() }.Select(
                engine => new EngineReplica(engine.Sessions, engine.Runs, engine.SweepAsync, engine.RepairAsync))];

        public override ISessionStore Store => store;

        public override ValueTask PassAsync(TimeSpan by)
        {
            time.Advance(by);
            return ValueTask.CompletedTask;
        }

        public override void Lose(Predicate<Wakeup>? lost) => silos.Lose(lost);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
