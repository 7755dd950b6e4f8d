using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

/// <summary>
/// Runs that start in the commit of their own send, because a claim waits on the replica that is sent to. The clock stands
/// still.
/// </summary>
public sealed class PromptStartTests : IDisposable
{
    private static readonly TenantId Tenant = new("t");
    private static readonly SessionKey Key = new(Tenant, new("s"));
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly MemoryCluster _cluster;
    private HookedStore? _store;
    private int _appends;

    public PromptStartTests()
    {
        _cluster = new MemoryCluster(new EngineOptions(), store => _store = new HookedStore(store), replicas: 1);
        BeforeAppend(_ => Task.CompletedTask);
    }

    private EngineReplica Replica => _cluster.Replicas[0];

    public void Dispose() => _cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();

    [Fact]
    public async Task A_waiting_claim_gets_a_run_by_the_commit_of_its_send()
    {
        var claiming = ClaimAsync("w1");
        var sent = await SendAsync("r1");
        var claimed = Assert.Single(await claiming.InTimeAsync("the claim is answered"));

        Assert.Equal(1, _appends);
        Assert.Equal((RunStatus.Queued, RunStatus.Running, 1), (sent.Status, claimed.Run.Status, claimed.Run.Attempt));
        Assert.Equal((1L, claimed.Run.Epoch), (claimed.Lease.Epoch, claimed.Lease.Epoch));
        Assert.Equal(SessionStatus.Running, claimed.Session.Status);

        // Two decisions, each a version of its own, as if they had been committed one after the other.
        var log = await _cluster.Store.ReadLogAsync(Key, 0, 10, default);
        Assert.Equal(
            [(1L, 1L, typeof(SessionCreated)), (2L, 1L, typeof(RunQueued)), (3L, 2L, typeof(RunStarted))],
            log.Select(record => (record.Seq, record.Version, record.Event.GetType())));
        Assert.False((await Replica.Runs.CompleteAsync(Key, new("r1"), claimed.Lease.Epoch, "hello", null, default)).IsRefused);
    }

    [Fact]
    public async Task A_run_waits_behind_one_that_runs_and_starts_with_no_commit_of_its_send()
    {
        var first = ClaimAsync("w1");
        await SendAsync("r1");
        Assert.Single(await first.InTimeAsync("the first claim is answered"));
        var second = ClaimAsync("w1");
        await SendAsync("r2");

        Assert.False(second.IsCompleted);
        await Replica.Runs.CompleteAsync(Key, new("r1"), 1, "hello", null, default);
        Assert.Equal(new("r2"), Assert.Single(await second.InTimeAsync("the second claim is answered")).Run.Id);
    }

    [Fact]
    public async Task Invariant_20_a_send_that_loses_a_race_starts_its_run_all_the_same()
    {
        var claiming = ClaimAsync("w1");
        var raced = false;
        BeforeAppend(async _ =>
        {
            if (!Interlocked.Exchange(ref raced, true))
                await new StoreDriver(_cluster.Store, default).DoAsync(Key, new CreateSession(Commands.Echo, null, null, Commands.Agents));
        });

        await SendAsync("r1");
        Assert.Equal(new("r1"), Assert.Single(await claiming.InTimeAsync("the claim is answered")).Run.Id);
    }

    [Fact]
    public async Task A_send_that_fails_leaves_the_claim_in_line_for_the_next()
    {
        var claiming = ClaimAsync("w1");
        BeforeAppend(number => number == 1 ? throw new StoreUnavailableException() : Task.CompletedTask);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => SendAsync("r1"));
        Assert.False(claiming.IsCompleted);
        await SendAsync("r2");
        Assert.Equal(new("r2"), Assert.Single(await claiming.InTimeAsync("the claim is answered")).Run.Id);
    }

    [Fact]
    public async Task Invariant_24_a_claim_that_is_cancelled_during_the_commit_hands_its_run_to_another()
    {
        await LoseClaimAsync("w1");
        var claimed = Assert.Single(await ClaimAsync("w2").InTimeAsync("another claim is answered"));
        Assert.Equal((new RunId("r1"), new WorkerId("w2"), 1), (claimed.Run.Id, claimed.Run.Worker!.Value, claimed.Run.Attempt));
    }

    [Fact]
    public async Task A_worker_whose_claim_was_cancelled_during_the_commit_gets_the_run_by_another_of_its_claims()
    {
        var others = await LoseClaimAsync("w1", "w1");
        Assert.Equal(new("r1"), Assert.Single(await others[0].InTimeAsync("the other claim is answered")).Run.Id);
    }

    [Fact]
    public async Task A_claim_whose_wait_is_over_during_the_commit_still_gets_the_run()
    {
        var claiming = ClaimAsync("w1");
        var held = new Held();
        BeforeAppend(_ => held.PassAsync());
        var sending = SendAsync("r1");
        await held.Reached.InTimeAsync("the send is at its commit");
        _cluster.Time.Advance(Long);
        held.Release();

        Assert.Single(await claiming.InTimeAsync("the claim is answered"));
        await sending.InTimeAsync("the send is answered");
        Assert.Equal(1, _appends);
    }

    [Fact]
    public async Task A_claim_for_several_takes_what_is_sent_together_and_no_more_than_it_asks_for()
    {
        var claiming = ClaimAsync("w1", max: 2);
        var held = new Held();
        BeforeAppend(number => number <= 3 ? held.PassAsync() : Task.CompletedTask);
        var sending = Enumerable.Range(0, 3).Select(number => SendAsync($"r{number}", $"s{number}")).ToArray();
        held.Release();
        await Task.WhenAll(sending).InTimeAsync("the sends are answered");

        var claimed = await claiming.InTimeAsync("the claim is answered");
        Assert.Equal(2, claimed.Count);
        var rest = await ClaimAsync("w2", max: 5).InTimeAsync("the rest is claimed");
        Assert.Equal(["r0", "r1", "r2"], claimed.Concat(rest).Select(one => one.Run.Id.Value).Order());
    }

    [Fact]
    public async Task What_is_sent_while_a_claim_starts_others_comes_with_them()
    {
        await SendAsync("r1", "s1");
        var held = new Held();
        BeforeAppend(number => number == 2 ? held.PassAsync() : Task.CompletedTask);
        var claiming = ClaimAsync("w1", max: 2);
        await held.Reached.InTimeAsync("the claim is at its start");
        await SendAsync("r2", "s2");
        held.Release();

        Assert.Equal(["r1", "r2"], (await claiming.InTimeAsync("the claim is answered")).Select(one => one.Run.Id.Value).Order());
        Assert.Equal(3, _appends);
    }

    [Fact]
    public async Task Invariant_17_a_send_that_was_aborted_before_it_came_starts_nothing()
    {
        var claiming = ClaimAsync("w1");
        await Replica.Sessions.AbortAsync(Key, null, "k1", AbortReason.User, default);
        var sent = await Replica.Sessions.SendAsync(Key, new Sending("hello") { IdempotencyKey = "k1" }, default);

        Assert.Equal(RunStatus.Aborted, sent.Value!.Run!.Status);
        Assert.False(claiming.IsCompleted);
        await SendAsync("r2");
        Assert.Equal(new("r2"), Assert.Single(await claiming.InTimeAsync("the claim is answered")).Run.Id);
    }

    /// <summary>Cancels a claim while the commit is under way that starts <c>r1</c> for it.</summary>
    /// <returns>The claims of the others, which waited behind it.</returns>
    private async Task<Task<IReadOnlyList<ClaimedRun>>[]> LoseClaimAsync(string worker, params string[] others)
    {
        using var cancellation = new CancellationTokenSource();
        var cancelled = ClaimAsync(worker, cancellationToken: cancellation.Token);
        var waiting = others.Select(other => ClaimAsync(other)).ToArray();
        var held = new Held();
        BeforeAppend(number => number == 1 ? held.PassAsync() : Task.CompletedTask);
        var sending = SendAsync("r1");
        await held.Reached.InTimeAsync("the send is at its commit");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        held.Release();
        await sending.InTimeAsync("the send is answered");
        return waiting;
    }

    private void BeforeAppend(Func<int, Task> before) => _store!.Before = operation =>
        operation == "append" ? before(Interlocked.Increment(ref _appends)) : Task.CompletedTask;

    private Task<IReadOnlyList<ClaimedRun>> ClaimAsync(string worker, int max = 1, CancellationToken cancellationToken = default) =>
        Replica.Runs.ClaimAsync(new Claim(Tenant, new(worker), Commands.Agents.Names, max, Long), cancellationToken).AsTask();

    private async Task<Run> SendAsync(string run, string session = "s")
    {
        var sent = await Replica.Sessions.SendAsync(new(Tenant, new(session)), new Sending("hello") { RunId = new(run) }, default);
        return sent.IsRefused ? throw new InvalidOperationException($"{sent.Refusal}") : sent.Value!.Run!;
    }
}
