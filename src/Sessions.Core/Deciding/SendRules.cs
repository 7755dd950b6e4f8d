namespace Sessions.Core;

/// <summary>The rules of admission. They keep invariants 14, 17, 18 and 23.</summary>
internal static class SendRules
{
    public static Decision Send(SessionState state, SendMessage command, Facts facts, DateTimeOffset now)
    {
        if (state.Existence == SessionExistence.Deleted)
            return new Decision.Refused(Decider.Deleted(state));

        if (facts.Key is KeyOfRun known)
            return Repeat(state, command, known, facts);

        if (facts.NamedRun is not null || state.Find(command.RunId) is not null)
            return Decider.Refuse(RefusalCode.RunConflict, $"The run id '{command.RunId}' is in use in this session.");

        var agent = Resolve(state, command);
        var abort = facts.Key as PendingAbort;
        if (abort is null && Refuse(state, command, agent) is { } refusal)
            return new Decision.Refused(refusal);

        return Admit(state, command, agent, abort, now);
    }

    private static Decision Repeat(SessionState state, SendMessage command, KeyOfRun known, Facts facts)
    {
        if (known.Fingerprint != command.Fingerprint)
        {
            return Decider.Refuse(
                RefusalCode.IdempotencyKeyReused, $"The idempotency key was used for run '{known.Run}' with another payload.");
        }

        var run = state.Find(known.Run) ?? facts.KeyRun
            ?? throw new InvalidOperationException($"Session {state.Key} knows a key of run {known.Run} but not the run.");
        return new Decision.Unchanged(new SendOutcome(run, Deduplicated: true));
    }

    /// <summary>
    /// A send that names no agent goes where the binding is, or will be once the run that is ready has started. Where that
    /// run ends before it starts, another may bind the session first, and this one fails like any that was sent elsewhere.
    /// </summary>
    private static AgentName Resolve(SessionState state, SendMessage command)
    {
        if (command.Agent is { } named)
            return named;

        if (state.Binding.Agent is { } bound)
            return bound;

        if (state.Ready is { } next)
            return next.Agent;

        return state.Existence == SessionExistence.Live ? state.Agent : command.Agents.Default;
    }

    private static Refusal? Refuse(SessionState state, SendMessage command, AgentName agent)
    {
        if (!command.Agents.Names.Contains(agent) && agent != state.Binding.Agent)
            return new(RefusalCode.AgentNotFound, $"There is no agent '{agent}'.");

        if (state.Binding.Agent is { } bound && bound != agent)
        {
            return new(
                RefusalCode.AgentMismatch,
                $"The session is bound to agent '{bound}' until it is reset; '{agent}' can't answer in it.");
        }

        if (command.IfBusy == IfBusy.Reject && state.HasActiveRun)
            return new(RefusalCode.SessionBusy, $"Session '{state.Key.Session}' has a run that is not terminal.");

        // The head of an idle session's queue is about to start and does not count as waiting; an interrupt makes it idle.
        var idle = state.Active is null || command.IfBusy == IfBusy.Interrupt;
        var waiting = idle ? state.Queue.Length - 1 : state.Queue.Length;
        return waiting >= command.MaxQueued
            ? new(RefusalCode.QueueFull, $"{waiting} runs wait in session '{state.Key.Session}', as many as may.")
            : null;
    }

    private static Decision Admit(
        SessionState state, SendMessage command, AgentName agent, PendingAbort? abort, DateTimeOffset now)
    {
        var draft = new Draft(state, now);
        if (state.Existence == SessionExistence.None)
            draft.Emit(new SessionCreated(agent, null, SessionState.NoMetadata));

        if (abort is null && command.IfBusy == IfBusy.Interrupt && draft.State.Active is { } active)
            draft.Abort(active, AbortReason.Superseded);

        var run = new Run
        {
            Id = command.RunId,
            Agent = agent,
            Status = RunStatus.Queued,
            IdempotencyKey = command.IdempotencyKey,
            Fingerprint = command.Fingerprint,
            MaxAttempts = command.MaxAttempts,
            Timeout = command.Timeout,
            QueueTimeout = command.QueueTimeout,
            Input = command.Text,
            Generation = draft.State.Generation,
            QueuedAt = now,
            QueueDeadline = now + command.QueueTimeout,
        };
        draft.Emit(new RunQueued(run));
        if (abort is not null)
            draft.Abort(draft.State.Find(run.Id)!, abort.Reason);
        else
            draft.FailMismatches();

        return draft.Accept(new SendOutcome(draft.State.Find(run.Id) ?? run, Deduplicated: false));
    }
}
