using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// A run that starts in the commit of its own send, because a claim waits for it here: one round trip less for whoever
/// waits for the answer, and a write less for the store. Given up when it is disposed before the start was committed.
/// </summary>
internal sealed class PromptStart : IDisposable
{
    private readonly RunDispatcher.Reservation _reservation;
    private readonly TimeSpan _leaseTtl;

    private PromptStart(RunDispatcher.Reservation reservation, ImmutableArray<SessionEvent> events, TimeSpan leaseTtl)
    {
        _reservation = reservation;
        Events = events;
        _leaseTtl = leaseTtl;
    }

    /// <summary>What is decided behind the send.</summary>
    public ImmutableArray<SessionEvent> Events { get; }

    /// <summary>Gives the started run to the claim.</summary>
    /// <returns>False when the claim is over: the run's worker does not know of it.</returns>
    public bool Give(SealedDecision started, Run run) => _reservation.Give(ClaimedRun.Of(started.State, run, _leaseTtl));

    public void Dispose() => _reservation.Dispose();

    /// <summary>Those of a replica.</summary>
    internal sealed class Source(RunDispatcher dispatcher, SessionAffinity affinity, EngineOptions options)
    {
        /// <summary>Decides the start of the run that a send has just been accepted for. Null when it has to wait.</summary>
        public PromptStart? Of(LoadedSession loaded, Command command, Decision.Accepted accepted)
        {
            if (command is not SendMessage
                || loaded.State.HasActiveRun
                || accepted.Outcome is not SendOutcome { Run: { Status: RunStatus.Queued } run }
                || dispatcher.Reserve(loaded.State.Key.Tenant, run.Agent, affinity.Of(loaded.State.Key)) is not { } reservation)
            {
                return null;
            }

            var queued = Sealer.Seal(loaded.State, accepted.Events, loaded.Now, "").State;
            var start = new StartRun(reservation.Claim.Worker, reservation.Claim.Agents, options.LeaseTtl);
            if (Decider.Decide(queued, start, Facts.None, loaded.Now) is Decision.Accepted { Outcome: StartOutcome { Run: not null } } starts)
                return new PromptStart(reservation, starts.Events, options.LeaseTtl);

            reservation.Dispose();
            return null;
        }
    }
}
