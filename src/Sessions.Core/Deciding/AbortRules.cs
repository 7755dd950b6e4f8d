namespace Sessions.Core;

/// <summary>The rules of aborting: a decision, not a request. They keep invariants 10 to 15.</summary>
internal static class AbortRules
{
    public static Decision Abort(SessionState state, AbortRuns command, Facts facts, DateTimeOffset now)
    {
        if (state.Existence == SessionExistence.Deleted)
            return new Decision.Refused(Decider.Deleted(state));

        if (command.IdempotencyKey is { } key)
            return ByKey(state, command, key, facts, now);

        if (Decider.Existing(state) is { } refusal)
            return new Decision.Refused(refusal);

        if (command.RunId is { } id)
            return One(state, state.Find(id) ?? facts.NamedRun, id, command.Reason, now);

        if (!state.HasActiveRun)
            return new Decision.Unchanged(AbortOutcome.Nothing);

        var draft = new Draft(state, now);
        var aborted = draft.AbortAll(command.Reason);
        return draft.Accept(new AbortOutcome(aborted, [], false));
    }

    private static Decision ByKey(SessionState state, AbortRuns command, string key, Facts facts, DateTimeOffset now)
    {
        if (facts.Key is KeyOfRun known)
        {
            return command.RunId is { } other && other != known.Run
                ? Decider.Refuse(RefusalCode.RunConflict, $"The idempotency key is that of run '{known.Run}', not of '{other}'.")
                : One(state, state.Find(known.Run) ?? facts.KeyRun, known.Run, command.Reason, now);
        }

        if (command.RunId is { } id && (state.Find(id) ?? facts.NamedRun) is { } run)
            return One(state, run, id, command.Reason, now);

        var pending = new AbortOutcome([], [], Pending: true);
        if (facts.Key is PendingAbort)
            return new Decision.Unchanged(pending);

        var draft = new Draft(state, now);
        if (state.Existence == SessionExistence.None)
            draft.Emit(new SessionCreated(command.Agents.Default, null, SessionState.NoMetadata));

        draft.Emit(new SessionUpdated(draft.State.Title, draft.State.Metadata, new PendingAbort(key, command.Reason)));
        return draft.Accept(pending);
    }

    private static Decision One(SessionState state, Run? run, RunId id, AbortReason reason, DateTimeOffset now)
    {
        if (run is null)
            return Decider.Refuse(RefusalCode.RunNotFound, $"There is no run '{id}' in session '{state.Key.Session}'.");

        if (run.IsTerminal)
            return new Decision.Unchanged(new AbortOutcome([], [id], false));

        var draft = new Draft(state, now);
        draft.Abort(run, reason);
        draft.FailMismatches();
        return draft.Accept(new AbortOutcome([id], [], false));
    }
}
