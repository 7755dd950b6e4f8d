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
        step is { Changed: true, Write: { } write, Before.Audit: { } audit }
        && (audit.Running != write.Run || audit.Epoch != write.Epoch)
            ? $"run {write.Run} wrote at epoch {write.Epoch} while {audit.Running} ran at epoch {audit.Epoch}"
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
        // By the clock that was read with the state: it may go back before the commit.
        if (step.Command is not ExpireDue || step.Before.State.Lease is not { } lease || lease.ExpiresAt <= step.DecidedAt)
            return null;

        foreach (var record in step.Records)
        {
            if (record.Event is RunFailed { Run.Error.Code: RunErrorCode.WorkerLost } or RunRequeued)
                return $"the lease held until {lease.ExpiresAt:ss.fff}, the run lost its worker at {step.DecidedAt:ss.fff}";
        }

        return null;
    }

    private static string? OnlyTheLease(Step step)
    {
        if (step is not { Changed: true, Write: not null })
            return null;

        var (before, after) = (step.Before.State, step.After.State);
        if (before.Active! with { HasOutput = after.Active!.HasOutput } != after.Active)
            return $"{before.Active} became {after.Active}";

        return after.Lease!.Beats == before.Lease!.Beats + 1 ? null : $"{before.Lease} became {after.Lease}";
    }
}
