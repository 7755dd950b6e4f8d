using Sessions.Core;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>
/// A decision may rest on what a replica remembers. Whatever of that is not true any more makes the commit a conflict, and
/// never a wrong commit (invariants 17, 18, 20).
/// </summary>
[Collection(OnPostgres.Name)]
public sealed class RecallTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(1);
    private static readonly SessionKey Key = new(new("t"), new("s"));

    private TestDatabase _database = null!;
    private PostgresStore _store = null!;
    private StoreDriver _other = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateAsync();
        _store = _database.Store();
        _other = new StoreDriver(_database.Store(), Ttl);
        await new StoreDriver(_store, Ttl).DoAsync(Key, Commands.Create());
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task What_is_remembered_and_still_true_is_committed_without_a_load()
    {
        var committed = await CommitAsync(Commands.Send("r1", key: "k1"), _store);
        Assert.Equal((2, "r1"), (committed.Sealed.State.Version, committed.Sealed.State.Ready?.Id.Value));
        await LogReplay.AgreesAsync(_store, Key);
    }

    [Fact]
    public void Nothing_is_remembered_of_a_session_that_was_never_seen() =>
        Assert.Null(_store.Recall(new(new("t"), new("unseen"))));

    [Fact]
    public async Task Another_replicas_decision_makes_it_a_conflict()
    {
        await _other.DoAsync(Key, new UpdateSession("changed", null));
        Assert.IsType<DecisionResult.Conflict>(await AppendAsync(Commands.Send("r1")));
    }

    [Theory]
    [InlineData("r2", "k1")]
    [InlineData("r1", "k2")]
    [InlineData("r1", null)]
    public async Task Invariants_17_18_a_key_or_a_run_that_was_used_is_found_at_the_commit(string run, string? key)
    {
        var store = _database.Store();
        var driver = new StoreDriver(store, Ttl);
        await driver.DoAsync(Key, Commands.Send("r1", key: "k1"));
        await driver.DoAsync(Key, new CompleteRun(new("r1"), (await driver.StartAsync(Key)).Epoch, "done", null));

        // The run is terminal and so not part of the state; the version is the newest.
        Assert.IsType<DecisionResult.Conflict>(await AppendAsync(Commands.Send(run, key: key), store));
        await CommitAsync(Commands.Send("r3", key: "k3"), store);
    }

    [Fact]
    public async Task Invariant_14_an_abort_that_waits_for_the_key_is_found_at_the_commit()
    {
        await new StoreDriver(_store, Ttl).DoAsync(Key, Commands.Abort(key: "k1"));
        Assert.IsType<DecisionResult.Conflict>(await AppendAsync(Commands.Send("r1", key: "k1")));
    }

    [Fact]
    public async Task A_clock_that_is_not_what_was_guessed_makes_it_a_conflict()
    {
        await _database.PassAsync(TimeSpan.FromSeconds(5));
        Assert.IsType<DecisionResult.Conflict>(await AppendAsync(Commands.Send("r1")));

        await CommitAsync(Commands.Send("r1"), _store);
    }

    /// <summary>A load sets the clock right. A machine that stalls for a second gets a conflict rightly, and another try.</summary>
    private async Task<DecisionResult.Committed> CommitAsync(Command command, PostgresStore store) =>
        (DecisionResult.Committed)await Eventually.HoldsAsync(
            async () =>
            {
                await store.LoadAsync(Key, null, null, default);
                return await AppendAsync(command, store);
            },
            result => result is DecisionResult.Committed,
            "the decision is committed");

    private async Task<DecisionResult> AppendAsync(Command command, PostgresStore? from = null)
    {
        var store = from ?? _store;
        var recalled = store.Recall(Key);
        Assert.NotNull(recalled);
        var accepted = Assert.IsType<Decision.Accepted>(Decider.Decide(recalled.State, command, recalled.Facts, recalled.Now));
        var write = new DecisionWrite(Key, recalled.State.Version, accepted.ExpectedBeats, accepted.Events, recalled.Now) { IsRecalled = true };
        return await store.AppendAsync(write, default);
    }
}
