using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Load;

/// <summary>
/// The engine in this process, through the doors that the gateway uses: each sender and each worker through one of them, as
/// frontends and workers have a gateway.
/// </summary>
internal sealed class EngineTarget : ILifecycleTarget
{
    private static readonly TenantId Tenant = new("default");

    private readonly IReadOnlyList<EngineDoors> _doors;
    private readonly Claim[] _claims;

    /// <summary>Makes one.</summary>
    /// <param name="doors">Of one process, or of several that are one engine.</param>
    /// <param name="agent">The engine's default agent, which the workers run.</param>
    /// <param name="settings">How many workers, and how much each claims.</param>
    public EngineTarget(IReadOnlyList<EngineDoors> doors, AgentName agent, LifecycleSettings settings)
    {
        _doors = doors;
        _claims =
        [
            .. Enumerable.Range(0, settings.Workers).Select(worker => new Claim(
                Tenant, new WorkerId($"w{worker}"), new HashSet<AgentName> { agent }, settings.ClaimMax, TimeSpan.FromSeconds(1))),
        ];
    }

    public async ValueTask SendAsync(RunTicket ticket, CancellationToken cancellationToken)
    {
        var sent = await Door(ticket.Slot).Sessions.SendAsync(
            Key(ticket.Session), new Sending(RunTicket.Text) { RunId = new RunId(ticket.Run) }, cancellationToken);
        if (sent.IsRefused)
            throw new InvalidDataException($"Run {ticket.Run} was refused: {sent.Refusal.Message}");
    }

    public async ValueTask ClaimAsync(int worker, List<RunTicket> claimed, CancellationToken cancellationToken)
    {
        foreach (var claim in await Door(worker).Runs.ClaimAsync(_claims[worker], cancellationToken))
        {
            var run = claim.Run.Id.Value;
            claimed.Add(new RunTicket(RunTicket.SlotOf(run), claim.Key.Session.Value, run, claim.Lease.Epoch));
        }
    }

    public async ValueTask CompleteAsync(int worker, RunTicket ticket, CancellationToken cancellationToken)
    {
        var ended = await Door(worker).Runs.CompleteAsync(
            Key(ticket.Session), new RunId(ticket.Run), ticket.Epoch, RunTicket.Answer, null, cancellationToken);
        if (ended.IsRefused)
            throw new InvalidDataException($"The end of run {ticket.Run} was refused: {ended.Refusal.Message}");
    }

    /// <summary>A session's log, as a subscriber sees it.</summary>
    public async Task ReadLogAsync(string session, SessionAudit audit, CancellationToken cancellationToken)
    {
        var subscribed = await Door(0).Sessions.SubscribeAsync(Key(session), 0, null, cancellationToken);
        if (subscribed.IsRefused)
            throw new InvalidDataException($"Session {session} can't be read: {subscribed.Refusal.Message}");

        using var subscription = subscribed.Value;
        while (await subscription.ReadAsync(cancellationToken) is SubscriptionItem.Records { Commit.Records: var records })
        {
            foreach (var record in records)
                audit.Saw(record.Seq, (record.Event as RunEvent)?.RunId.Value, record.Event is RunCompleted, record.Event is RunEnded);
        }
    }

    private static SessionKey Key(string session) => new(Tenant, new SessionId(session));

    private EngineDoors Door(int user) => _doors[user % _doors.Count];
}

/// <summary>An engine's doors.</summary>
internal sealed record EngineDoors(ISessions Sessions, IRuns Runs)
{
    public static IReadOnlyList<EngineDoors> Of(DirectEngine engine) => [new(engine.Sessions, engine.Runs)];
}
