namespace Sessions.Core.Tests.Checking;

/// <summary>What everybody sees of a session.</summary>
internal static class SessionChecks
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(5, "A snapshot says what is alive, what runs and how it stands", Consistent),
        new(5, "A lifecycle event shows the session just after it", Carried),
        new(16, "Nothing happens to a session that was deleted", StaysDeleted),
    ];

    private static string? Consistent(Step step)
    {
        if (step.After.State.Existence == SessionExistence.None)
            return null;

        var shown = SessionSnapshot.Of(step.After.State);
        var audit = step.After.Audit;
        var expected = audit.Running is not null ? SessionStatus.Running
            : audit.AnyAlive ? SessionStatus.Queued
            : step.After.State.LastError is null && shown.Binding.State != BindingState.Stopped ? SessionStatus.Idle
            : (SessionStatus?)null;
        return shown.HasActiveRun == audit.AnyAlive
            && shown.ActiveRun == audit.Running
            && shown.QueuedRuns.SequenceEqual(audit.Waiting)
            && (expected is null || shown.Status == expected)
            ? null
            : $"{shown}, by the log {audit.Running} runs and [{string.Join(", ", audit.Waiting)}] wait";
    }

    private static string? Carried(Step step)
    {
        foreach (var record in step.Records)
        {
            if (record.Event is SessionLifecycleEvent about
                && (about.Session is not { } shown || shown.LastSeq != record.Seq || shown.Version != record.Version
                    || shown.Deleted != record.Event is SessionDeleted))
            {
                return $"record {record.Seq} carries {about.Session}";
            }
        }

        return null;
    }

    private static string? StaysDeleted(Step step)
    {
        if (step.Before.State.Existence != SessionExistence.Deleted)
            return null;

        // A late report is told what it is told of every other end: TerminalChecks looks into that.
        var answered = step.Command is CompleteRun or FailRun
            ? step.Decision is Decision.Unchanged || step.Refused is RefusalCode.LeaseLost or RefusalCode.RunNotFound
            : step.Command is DeleteSession || step.Refused == RefusalCode.SessionDeleted;
        return !step.Changed && (step.Write is not null || answered) ? null : $"{step.Command} was answered {step.Decision}";
    }
}
