namespace Sessions.Core.Tests.Checking;

/// <summary>Who may write, and how long.</summary>
internal static class LeaseChecks
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(19, "Output lands only under the running run's epoch", OnlyTheHolder),
        new(19, "A batch lands once", BatchOnce),
        new(26, "A worker that is heard from is not lost", NotLost),
        new(26, "Output and heartbeats extend the lease and move no deadline", OnlyTheLease),
    ];

    private static string? OnlyTheHolder(Step step) =>
        step is { Changed: true, Write: { } write }
        && (step.Before.Audit.Running != write.Run || step.Before.Audit.Epoch != write.Epoch)
            ? $"run {write.Run} wrote at epoch {write.Epoch} while {step.Before.Audit.Running} ran at epoch {step.Before.Audit.Epoch}"
            : null;

    private static string? BatchOnce(Step step)
    {
        if (step.Write is not { Batch: { } batch } || step.Before.State.Lease is not { LastBatch: { } last })
            return null;

        return step.Changed == (batch == last + 1) || step.Verdict is LeaseVerdict.Lost
            ? null
            : $"batch {batch} after {last} was answered {step.Verdict}";
    }

    private static string? NotLost(Step step)
    {
        foreach (var record in step.Records)
        {
            var lost = step.Command is ExpireDue && record.Event is RunFailed { Run.Error.Code: RunErrorCode.WorkerLost } or RunRequeued;
            if (lost && step.Command is ExpireDue && step.Before.State.Lease?.ExpiresAt > step.Now)
                return $"the lease held until {step.Before.State.Lease.ExpiresAt:ss.fff}, the run lost its worker at {step.Now:ss.fff}";
        }

        return null;
    }

    private static string? OnlyTheLease(Step step)
    {
        if (step is not { Changed: true, Write: not null, Before.State: { Active: { } before } old, After.State: { Active: { } after } state })
            return null;

        if (before with { HasOutput = after.HasOutput } != after)
            return $"{before} became {after}";

        return state.Lease!.Beats == old.Lease!.Beats + 1 ? null : $"{old.Lease} became {state.Lease}";
    }
}
