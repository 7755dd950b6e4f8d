using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>What came of a command.</summary>
/// <param name="Outcome">How things stand; null when it was refused.</param>
/// <param name="Refusal">Why not; null when it was not refused.</param>
/// <param name="State">The session, as it was read or committed.</param>
public readonly record struct Handled(Outcome? Outcome, Refusal? Refusal, SessionState State)
{
    /// <summary>The version that it was decided on: greater than the last one known here if somebody else decided meanwhile.</summary>
    public long DecidedOn { get; init; }
}

/// <summary>
/// Hosts the kernel: load, decide, append under the fence, publish. A lost race is decided again and never shown to
/// anybody (invariant 20); publishing comes after the commit and can't be cancelled (invariants 1, 31).
/// </summary>
/// <param name="store">Where sessions are kept.</param>
/// <param name="publish">Told of every commit.</param>
/// <param name="instruments">Counts.</param>
/// <param name="logger">Logs.</param>
public sealed class SessionHandler(
    ISessionStore store, Action<Commit> publish, EngineInstruments instruments, ILogger logger)
{
    /// <summary>Where a send may start its own run; null where no claims wait.</summary>
    internal PromptStart.Source? PromptStarts { get; init; }

    /// <summary>Carries out a command.</summary>
    public ValueTask<Handled> HandleAsync(SessionKey key, Command command, CancellationToken cancellationToken) =>
        HandleAsync(key, command, tellWorker: true, cancellationToken);

    private async ValueTask<Handled> HandleAsync(SessionKey key, Command command, bool tellWorker, CancellationToken cancellationToken)
    {
        var recalled = Recall(key, command);
        for (var attempt = 1; ; attempt++)
        {
            var loaded = recalled
                ?? await store.LoadAsync(key, command.KeyToLookUp, command.RunToLookUp, cancellationToken).ConfigureAwait(false);
            switch (Decider.Decide(loaded.State, command, loaded.Facts, loaded.Now))
            {
                case Decision.Refused or Decision.Unchanged when recalled is not null:
                    recalled = null;
                    break;
                case Decision.Refused refused:
                    return new Handled(null, refused.Refusal, loaded.State) { DecidedOn = loaded.State.Version };
                case Decision.Unchanged unchanged:
                    return new Handled(unchanged.Outcome, null, loaded.State) { DecidedOn = loaded.State.Version };
                case Decision.Accepted accepted:
                    if (await CommitAsync(loaded, command, accepted, recalled is not null, tellWorker, cancellationToken).ConfigureAwait(false)
                        is { } handled)
                    {
                        return handled;
                    }

                    recalled = null;
                    instruments.Conflict();
                    if (attempt % 16 == 0)
                        logger.DecisionContended(key.Session.Value, command.GetType().Name, attempt);

                    await Task.Yield();
                    break;
                default:
                    throw new InvalidOperationException($"The decision on {command.GetType().Name} is of no known kind.");
            }
        }
    }

    /// <summary>
    /// What the command may be decided on without a read: where it looks nothing up, or looks up what its commit can check.
    /// What is due is a matter of the exact time.
    /// </summary>
    private LoadedSession? Recall(SessionKey key, Command command) => command switch
    {
        ExpireDue => null,
        SendMessage or { KeyToLookUp: null, RunToLookUp: null } => store.Recall(key),
        CompleteRun or FailRun when store.Recall(key) is { State.Active: { } active } recalled && active.Id == command.RunToLookUp =>
            recalled with { Facts = new Facts(null, null, active) },
        _ => null,
    };

    /// <summary>Commits a decision, with the start of the run that it accepts where a claim waits for that. Null on a conflict.</summary>
    private async ValueTask<Handled?> CommitAsync(
        LoadedSession loaded, Command command, Decision.Accepted accepted, bool isRecalled, bool tellWorker,
        CancellationToken cancellationToken)
    {
        var (key, version) = (loaded.State.Key, loaded.State.Version);
        using var start = PromptStarts?.Of(loaded, command, accepted);
        var write = new DecisionWrite(key, version, accepted.ExpectedBeats, accepted.Events, loaded.Now)
        {
            IsRecalled = isRecalled,
            Next = start?.Events ?? [],
        };
        if (await store.AppendAsync(write, cancellationToken).ConfigureAwait(false) is not DecisionResult.Committed committed)
            return null;

        publish(new Commit(key, committed.Records)
        {
            Decided = true,
            Ready = committed.State.Ready?.Agent,
            Signals = tellWorker ? Signals(loaded.State, command, committed.Sealed) : [],
        });
        instruments.Committed(committed.Sealed);
        if (start is not null && committed.Next is { State.Active: { } run } next && !start.Give(next, run))
            await ReturnAsync(key, run).ConfigureAwait(false);

        return new Handled(AsCommitted(accepted.Outcome, committed.Sealed), null, committed.State) { DecidedOn = version };
    }

    /// <summary>
    /// The claim that a run was started for was over by then: the run is ready again at once. Its worker knows nothing of it, is
    /// not lost, and is told nothing.
    /// </summary>
    private async ValueTask ReturnAsync(SessionKey key, Run run)
    {
        try
        {
            await HandleAsync(key, new ReturnRun(run.Id, run.Epoch), tellWorker: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException unavailable)
        {
            // Its lease runs out, as if its worker had died.
            logger.ReturnFailed(unavailable, run.Id.Value);
        }
    }

    /// <summary>The run that lost its lease by this decision, unless its own worker ended it.</summary>
    private static ImmutableArray<WorkerSignal> Signals(SessionState before, Command command, SealedDecision committed)
    {
        if (command is CompleteRun or FailRun || before.Active is not { Worker: { } worker } active)
            return [];

        if (committed.State.Active?.Id == active.Id && committed.State.Active.Epoch == active.Epoch)
            return [];

        var reason = "";
        foreach (var run in committed.Runs)
        {
            if (run.Id == active.Id)
                reason = run.AbortReason?.ToWire() ?? run.Error?.Code ?? RunErrorCode.WorkerLost;
        }

        return [new WorkerSignal(before.Key, worker, active.Id, active.Epoch, reason)];
    }

    /// <summary>The decision's outcome with what the commit added to it: seqs, and the text that was streamed.</summary>
    private static Outcome AsCommitted(Outcome outcome, SealedDecision committed)
    {
        switch (outcome)
        {
            case SendOutcome { Run: { } run } send:
                return send with { Run = Find(committed, run) };
            case StartOutcome { Run: { } run } start:
                return start with { Run = Find(committed, run) };
            case ReportOutcome { Run: { } run } report:
                return report with { Run = Find(committed, run) };
            case SessionOutcome session:
                return session with { Session = SessionSnapshot.Of(committed.State) };
            default:
                return outcome;
        }
    }

    private static Run Find(SealedDecision committed, Run run)
    {
        foreach (var touched in committed.Runs)
        {
            if (touched.Id == run.Id)
                return touched;
        }

        throw new InvalidOperationException($"The decision on run {run.Id} did not touch it.");
    }
}
