using Sessions.Core;
using Sessions.Engine;
using Xunit.Abstractions;

namespace Sessions.Testing;

/// <summary>
/// What every engine must do, through any of at least three replicas: each operation goes to one that a seeded dice
/// chooses. One subclass per engine and store; the parts are one file each.
/// </summary>
public abstract partial class EngineConformance : IAsyncLifetime
{
    private static int _tests;

    private readonly int _test = Interlocked.Increment(ref _tests);
    private readonly Dice _dice;
    private EngineCluster? _cluster;

    protected EngineConformance(ITestOutputHelper output)
    {
        _dice = new Dice(output);
        Output = output;
    }

    /// <summary>The agents that the clusters are configured with.</summary>
    public static IReadOnlyDictionary<AgentName, string> Agents { get; } =
        new Dictionary<AgentName, string> { [Commands.Echo] = "echo", [Commands.Poet] = "remote" };

    protected ITestOutputHelper Output { get; }

    protected EngineCluster Cluster => _cluster ?? throw new InvalidOperationException("There is no cluster yet.");

    /// <summary>Where the clock is real, take a lease that is short, but longer than a slow machine's pauses.</summary>
    protected virtual EngineOptions Options => new() { MaxQueued = 5 };

    /// <summary>How many times a test with a race repeats it.</summary>
    protected virtual int Races => 30;

    protected TenantId Tenant => new($"t{_test}");

    protected EngineReplica Any => _dice.Choose(Cluster.Replicas);

    public async Task InitializeAsync() => _cluster = await StartAsync(Options);

    public virtual async Task DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    /// <summary>Starts a cluster with <see cref="Agents"/> and the default agent <c>echo</c>.</summary>
    protected abstract ValueTask<EngineCluster> StartAsync(EngineOptions options);

    protected static T Yes<T>(Result<T> result)
        where T : notnull => result.IsRefused
            ? throw new InvalidOperationException($"Refused: {result.Refusal}")
            : result.Value!;

    protected static Refusal No<T>(Result<T> result)
        where T : notnull => result.Refusal ?? throw new InvalidOperationException($"Not refused: {Text.Of(result.Value)}");

    /// <summary>All replicas but one.</summary>
    protected IEnumerable<EngineReplica> Others(EngineReplica replica) => Cluster.Replicas.Where(other => other != replica);

    protected SessionKey Key(string session = "s") => new(Tenant, new SessionId(session));

    protected async Task<Run> SendAsync(
        SessionKey key, string text = "hello", string? idempotencyKey = null, AgentName? agent = null, int maxAttempts = 1) =>
        Yes(await Any.Sessions.SendAsync(
            key,
            new Sending(text) { IdempotencyKey = idempotencyKey, Agent = agent, MaxAttempts = maxAttempts },
            default)).Run!;

    protected async Task<ClaimedRun> ClaimAsync(string worker = "w1", EngineReplica? at = null) =>
        Assert.Single(await (at ?? Any).Runs.ClaimAsync(Asking(worker), default));

    protected Claim Asking(string worker = "w1", TimeSpan wait = default, int max = 1, params AgentName[] agents) =>
        new(Tenant, new WorkerId(worker), agents.Length == 0 ? Commands.Agents.Names : agents.ToHashSet(), max, wait);

    protected async Task<ClaimedRun> RunningAsync(SessionKey key, string worker = "w1")
    {
        await SendAsync(key);
        return await ClaimAsync(worker);
    }

    protected async Task SayAsync(ClaimedRun claimed, string text) => Yes(await Any.Runs.OutputAsync(
        claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, null, [new RunDelta(claimed.Run.Id, text)], default));

    protected async Task<Run> CompleteAsync(ClaimedRun claimed, string? text = null) =>
        Yes(await Any.Runs.CompleteAsync(claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, text, null, default));

    protected async Task<Run> FailAsync(ClaimedRun claimed, string code, FailPhase phase = FailPhase.Run) =>
        Yes(await Any.Runs.FailAsync(claimed.Key, claimed.Run.Id, claimed.Lease.Epoch, new(code, "message"), phase, default));

    protected async Task<AbortOutcome> AbortAsync(SessionKey key, RunId? run = null, string? idempotencyKey = null) =>
        Yes(await Any.Sessions.AbortAsync(key, run, idempotencyKey, AbortReason.User, default));

    protected async Task<SessionSnapshot> GetAsync(SessionKey key) => Yes(await Any.Sessions.GetAsync(key, default));

    protected async Task<Run> GetRunAsync(SessionKey key, RunId run) =>
        Yes(await Any.Sessions.GetRunAsync(key, run, TimeSpan.Zero, default));

    protected async Task<SubscriptionReader> SubscribeAsync(SessionKey key, long after = 0, RunId? run = null, EngineReplica? at = null) =>
        new(Yes(await (at ?? Any).Sessions.SubscribeAsync(key, after, run, default)), after > 0 ? after : null);

    protected async Task SweepAsync()
    {
        foreach (var replica in Cluster.Replicas)
            await replica.SweepAsync(default);
    }
}
