namespace Sessions.Core.Tests.Checking;

/// <summary>What the clock ends, and what it does not.</summary>
internal static class DueChecks
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(2, "A sweep leaves nothing that is due, and changes nothing when nothing is", SweptClean),
        new(22, "No run fails before its own deadline", NotBefore),
    ];

    private static string? SweptClean(Step step)
    {
        if (step.Command is not ExpireDue || step.Before.State.Existence != SessionExistence.Live)
            return null;

        if (step.After.State.NextDue() <= step.DecidedAt)
            return $"{step.After.State.NextDue():mm:ss.fff} is due at {step.DecidedAt:mm:ss.fff}";

        var due = step.Before.State.NextDue() <= step.DecidedAt;
        return due == step.Changed ? null : $"due {due} and changed {step.Changed}";
    }

    private static string? NotBefore(Step step)
    {
        foreach (var record in step.Records)
        {
            if (record.Event is not RunFailed { Run: { Error: { } error } run }
                || step.Before.State.Find(run.Id) is not { } before)
                continue;

            var due = error.Code switch
            {
                RunErrorCode.DeadlineExceeded when step.Command is ExpireDue =>
                    step.Before.Audit.Find(run.Id)!.StartedAt + before.Timeout,
                RunErrorCode.QueueTimeout or RunErrorCode.NoWorker when before.Status == RunStatus.Queued => before.QueueDeadline,
                _ => null,
            };
            if (due > step.DecidedAt)
                return $"run {run.Id} failed with {error.Code} at {step.DecidedAt:mm:ss.fff}, due was {due:mm:ss.fff}";
        }

        return null;
    }
}
