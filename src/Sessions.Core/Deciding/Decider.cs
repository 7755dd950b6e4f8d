namespace Sessions.Core;

/// <summary>
/// All the rules. Pure: no clock, no I/O, no randomness; the same inputs give the same decision on every replica.
/// </summary>
public static class Decider
{
    /// <summary>Decides what <paramref name="command"/> does to a session.</summary>
    /// <param name="state">The session, as old as the reader's cache may be: the fence catches what is too old.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="facts">What the command's key and run id stand for, read together with the state.</param>
    /// <param name="now">The store's clock, read together with the state.</param>
    public static Decision Decide(SessionState state, Command command, Facts facts, DateTimeOffset now) => command switch
    {
        CreateSession create => LifecycleRules.Create(state, create, now),
        SendMessage send => SendRules.Send(state, send, facts, now),
        AbortRuns abort => AbortRules.Abort(state, abort, facts, now),
        DeleteSession => LifecycleRules.Delete(state, now),

        // A worker hears of a deleted session what it hears of every run that was taken from it.
        CompleteRun complete when state.Existence == SessionExistence.Deleted => ReportRules.Complete(state, complete, facts, now),
        FailRun fail when state.Existence == SessionExistence.Deleted => ReportRules.Fail(state, fail, facts, now),
        _ => Existing(state) is { } refusal ? new Decision.Refused(refusal) : command switch
        {
            UpdateSession update => LifecycleRules.Update(state, update, now),
            ResetSession => LifecycleRules.Reset(state, now),
            StartRun start => LeaseRules.Start(state, start, now),
            CompleteRun complete => ReportRules.Complete(state, complete, facts, now),
            FailRun fail => ReportRules.Fail(state, fail, facts, now),
            ReturnRun back => ReportRules.Return(state, back, facts, now),
            ExpireDue => LeaseRules.Expire(state, now),
            _ => throw new InvalidOperationException($"No rule for the command {command.GetType().Name}."),
        },
    };

    internal static Refusal? Existing(SessionState state) => state.Existence switch
    {
        SessionExistence.Live => null,
        SessionExistence.None => new(RefusalCode.SessionNotFound, $"There is no session '{state.Key.Session}'."),
        SessionExistence.Deleted => Deleted(state),
        _ => throw new InvalidOperationException($"Session {state.Key} has the unknown existence {state.Existence}."),
    };

    internal static Refusal Deleted(SessionState state) =>
        new(RefusalCode.SessionDeleted, $"Session '{state.Key.Session}' was deleted.");

    internal static Decision Refuse(RefusalCode code, string message, RunStatus? runStatus = null) =>
        new Decision.Refused(new Refusal(code, message, runStatus));
}
