namespace Sessions.Core.Tests.Checking;

/// <summary>What an abort does.</summary>
internal static class AbortChecks
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(12, "A session abort ends every run, queued ones first", EndsAll),
        new(14, "An abort by an unknown key is kept, and holds for its send", Pending),
        new(15, "An abort of what has ended changes nothing and says so", NothingToAbort),
        new(16, "A reset or a deletion leaves no run alive", LeavesNothing),
    ];

    private static string? EndsAll(Step step)
    {
        if (step is not { Command: AbortRuns { RunId: null, IdempotencyKey: null }, Accepted: { } accepted })
            return null;

        var expected = step.Before.State.Queue.Select(run => run.Id).ToList();
        if (step.Before.State.Active is { } active)
            expected.Add(active.Id);

        var ended = step.Records.Select(record => record.Event).OfType<RunAborted>().Select(aborted => aborted.RunId);
        return step.After.State.HasActiveRun ? $"alive: {step.After.State.Active?.Id}"
            : !expected.SequenceEqual(ended) ? $"[{string.Join(", ", ended)}] ended instead of [{string.Join(", ", expected)}]"
            : accepted.Outcome is AbortOutcome told && told.Aborted.SequenceEqual(expected) ? null
            : $"it said {accepted.Outcome}";
    }

    private static string? Pending(Step step)
    {
        switch (step)
        {
            case { Command: AbortRuns { IdempotencyKey: { } key }, Decision: { } decision }
                when Outcome(decision) is { Pending: true }:
                return step.After.FindKey(key) is PendingAbort ? null : $"the key {key} is not kept";
            case { Command: SendMessage { IdempotencyKey: { } key } send, Accepted: not null }
                when step.Before.FindKey(key) is PendingAbort abort:
                return step.After.FindRun(send.RunId) is { Status: RunStatus.Aborted, Attempt: 0 } run
                    && run.AbortReason == abort.Reason
                    ? null
                    : $"the send became {step.After.FindRun(send.RunId)}";
            default:
                return null;
        }
    }

    private static string? NothingToAbort(Step step)
    {
        if (step.Command is not AbortRuns abort || step.Before.State.Existence != SessionExistence.Live)
            return null;

        var named = abort.IdempotencyKey is { } key && step.Before.FindKey(key) is KeyOfRun known ? known.Run : abort.RunId;
        if (named is { } id && step.Before.FindRun(id) is { IsTerminal: true } && step.Refused != RefusalCode.RunConflict)
        {
            return !step.Changed
                && Outcome(step.Decision!) is { Aborted: [], AlreadyTerminal: [var told], Pending: false }
                && told == id
                ? null
                : $"the abort of run {id}, which had ended, was answered {step.Decision}";
        }

        return abort is { RunId: null, IdempotencyKey: null } && !step.Before.State.HasActiveRun
            && (step.Changed || Outcome(step.Decision!) != AbortOutcome.Nothing)
            ? $"an idle session was answered {step.Decision}"
            : null;
    }

    private static string? LeavesNothing(Step step) =>
        step is { Command: ResetSession or DeleteSession, Accepted: not null }
        && (step.After.State.HasActiveRun || step.After.State.Lease is not null)
            ? $"{step.After.State.Active?.Id} is alive"
            : null;

    private static AbortOutcome? Outcome(Decision decision) => decision switch
    {
        Decision.Accepted accepted => accepted.Outcome as AbortOutcome,
        Decision.Unchanged unchanged => unchanged.Outcome as AbortOutcome,
        _ => null,
    };
}
