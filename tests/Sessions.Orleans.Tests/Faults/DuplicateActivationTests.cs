using Sessions.Core;
using Sessions.Engine;
using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Orleans.Tests;

/// <summary>
/// Two clusters over one store, as two halves of one that can't see each other: every session has two activations, and each
/// believes that it owns it. The fence lets one write (invariants 17, 19, 20).
/// </summary>
public sealed class DuplicateActivationTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly EngineOptions Options = new() { MaxQueued = 5 };

    private readonly ManualTimeProvider _time = new();
    private readonly List<SiloCluster> _halves = [];
    private MemoryStore? _store;

    public async Task InitializeAsync()
    {
        _store = new MemoryStore(_time);
        for (var half = 0; half < 2; half++)
            _halves.Add(await SiloCluster.StartAsync(1, Options, _time, () => _store));
    }

    public async Task DisposeAsync()
    {
        foreach (var half in _halves)
            await half.DisposeAsync();
    }

    [Fact]
    public async Task Two_activations_of_a_session_break_no_invariant_and_make_way_for_each_other()
    {
        await using var both = new Halves(_halves, _store!, _time);
        var history = await new RandomHistory(both, new TenantId("t"), Options.LeaseTtl, new Dice(output)).RunAsync(300, 100);

        HistoryChecker.Holds(history);
        var seen = HistoryCounts.Of(history);
        Assert.True(seen is { Sent: > 0, Deduplicated: > 0, Said: > 0, Aborted: > 0, Looks: > 0 }, $"{seen}");
        foreach (var half in _halves)
            Assert.Contains(half.Seen.Lines, line => line.Contains("makes way", StringComparison.Ordinal));
    }

    /// <summary>Both halves as one cluster: nothing that one sends reaches the other.</summary>
    private sealed class Halves(IReadOnlyList<SiloCluster> halves, ISessionStore store, ManualTimeProvider time) : EngineCluster
    {
        public override IReadOnlyList<EngineReplica> Replicas { get; } = [.. halves.SelectMany(half => half.Engines).Select(
            engine => new EngineReplica(engine.Sessions, engine.Runs, engine.SweepAsync, engine.RepairAsync))];

        public override ISessionStore Store => store;

        public override ValueTask PassAsync(TimeSpan by)
        {
            time.Advance(by);
            return ValueTask.CompletedTask;
        }

        public override void Lose(Predicate<Wakeup>? lost)
        {
            foreach (var half in halves)
                half.Lose(lost);
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
