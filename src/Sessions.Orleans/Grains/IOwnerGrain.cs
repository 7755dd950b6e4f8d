using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Orleans;

/// <summary>A session's owner as the gateways see it: the same grain as for frontends, with what only gateways may ask.</summary>
[Alias("sessions.IOwnerGrain")]
internal interface IOwnerGrain : IGrainWithStringKey
{
    /// <summary>Carries out a command.</summary>
    [Alias("Ask")]
    Task<OwnerAnswer> AskAsync([Immutable] Command command);

    /// <summary>Starts the run that is ready for a worker, if there is one.</summary>
    [Alias("Start")]
    Task<OwnerStarted> StartAsync([Immutable] StartRun start);

    /// <summary>Appends output, or extends the lease.</summary>
    [Alias("Output")]
    Task<OwnerOutput> AppendOutputAsync(OwnerWrite write);
}

/// <summary>What came of a command.</summary>
[GenerateSerializer, Immutable, Alias("sessions.owner.answer")]
internal sealed record OwnerAnswer(Outcome? Outcome, Refusal? Refusal);

/// <summary>What came of a start.</summary>
[GenerateSerializer, Immutable, Alias("sessions.owner.started")]
internal sealed record OwnerStarted(Run? Run, SessionSnapshot? Session, long Epoch, TimeSpan Ttl, DateTimeOffset ExpiresAt, bool IsRefused)
{
    public static OwnerStarted Of(Started started) => started.Claimed is { } claimed
        ? new(claimed.Run, claimed.Session, claimed.Lease.Epoch, claimed.Lease.Ttl, claimed.Lease.ExpiresAt, started.IsRefused)
        : new(null, null, 0, default, default, started.IsRefused);

    public Started Read(SessionKey key) => new(
        Run is null ? null : new ClaimedRun(key, Run, Session!, new HeldLease(Epoch, Ttl, ExpiresAt)), IsRefused);
}
