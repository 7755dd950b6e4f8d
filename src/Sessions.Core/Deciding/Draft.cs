using System.Collections.Immutable;

namespace Sessions.Core;

/// <summary>A decision in the making: each event is applied before the next one is chosen.</summary>
internal sealed class Draft(SessionState state, DateTimeOffset now)
{
    private readonly ImmutableArray<SessionEvent>.Builder _events = ImmutableArray.CreateBuilder<SessionEvent>(2);
    private readonly long _version = state.Version + 1;

    public SessionState State { get; private set; } = state;

    public DateTimeOffset Now => now;

    public bool IsEmpty => _events.Count == 0;

    public void Emit(SessionEvent happened)
    {
        _events.Add(happened);
        State = Evolver.Apply(State, new LogRecord(State.LastSeq + 1, _version, now, happened));
    }

    public void Complete(Run run, string? text, string? usage) =>
        Emit(new RunCompleted(run with { Status = RunStatus.Completed, EndedAt = now, Output = text, Usage = usage }));

    public void Fail(Run run, RunError error, FailPhase phase) =>
        Emit(new RunFailed(Ended(run, RunStatus.Failed) with { Error = error }, phase));

    public void Abort(Run run, AbortReason reason) =>
        Emit(new RunAborted(Ended(run, RunStatus.Aborted) with { AbortReason = reason }));

    /// <summary>Aborts every run, queued ones first (invariant 12).</summary>
    public ImmutableArray<RunId> AbortAll(AbortReason reason)
    {
        var aborted = ImmutableArray.CreateBuilder<RunId>();
        foreach (var run in State.Queue)
        {
            Abort(run, reason);
            aborted.Add(run.Id);
        }

        if (State.Active is { } active)
        {
            Abort(active, reason);
            aborted.Add(active.Id);
        }

        return aborted.DrainToImmutable();
    }

    /// <summary>
    /// Fails the heads of the queue that can't start: those accepted for another agent before the binding was known. They
    /// need no worker for that, so none can leave them waiting.
    /// </summary>
    public void FailMismatches()
    {
        while (State.Ready is { } head && State.Binding.Agent is { } bound && head.Agent != bound)
            Fail(head, Mismatch(head, bound), FailPhase.Start);
    }

    public Decision Accept(Outcome outcome, long? expectedBeats = null) =>
        new Decision.Accepted(_events.DrainToImmutable(), outcome, expectedBeats);

    private static RunError Mismatch(Run run, AgentName bound) => new(
        RunErrorCode.AgentMismatch, $"The session is bound to agent '{bound}'; this run was sent to '{run.Agent}'.");

    private Run Ended(Run run, RunStatus status) => run with { Status = status, EndedAt = now };
}
