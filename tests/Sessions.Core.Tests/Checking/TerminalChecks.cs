namespace Sessions.Core.Tests.Checking;

/// <summary>What it means that a run has ended.</summary>
internal static class TerminalChecks
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(3, "A terminal event, its run row and the cleared active run are one write", Atomic),
        new(3, "The run rows and the state tell the same", RowsAgree),
        new(4, "A report on a terminal run changes nothing and is told so", LateReport),
        new(5, "A terminal run is never active", NeverActive),
        new(7, "A report changes only the run and the epoch that it names", OwnRunOnly),
        new(8, "A terminal run never changes", Final),
        new(13, "A completed run has the text of its report, or else what was streamed", OwnText),
    ];

    private static string? Atomic(Step step)
    {
        foreach (var record in step.Records)
        {
            if (record.Event is not RunEnded ended)
                continue;

            if (step.After.FindRun(ended.RunId) != ended.Run)
                return $"the row is {step.After.FindRun(ended.RunId)}, the event says {ended.Run}";

            if (ended.Run.EndedSeq != record.Seq)
                return $"run {ended.RunId} ended with record {record.Seq} and says {ended.Run.EndedSeq}";
        }

        return null;
    }

    private static string? RowsAgree(Step step)
    {
        var alive = 0;
        foreach (var row in step.After.Runs)
        {
            if (row.IsTerminal)
                continue;

            alive++;
            if (step.After.State.Find(row.Id) is not { } run)
                return $"the row of run {row.Id} says {row.Status}, the state does not know it";

            if (row with { HasOutput = run.HasOutput } != run)
                return $"the row is {row}, the state says {run}";
        }

        var known = step.After.State.Queue.Length + (step.After.State.Active is null ? 0 : 1);
        return alive == known ? null : $"{alive} rows are alive, the state knows {known} runs";
    }

    private static string? OwnText(Step step)
    {
        if (step is not { Command: CompleteRun complete, Accepted: not null })
            return null;

        var text = complete.Text ?? step.Before.Audit.Find(complete.RunId)?.Text;
        var kept = step.After.FindRun(complete.RunId)?.Output;
        return kept == text ? null : $"run {complete.RunId} completed with the text '{kept}', not '{text}'";
    }

    private static string? LateReport(Step step)
    {
        if (Named(step) is not { } named || step.Before.FindRun(named.Run) is not { IsTerminal: true } run)
            return null;

        return step switch
        {
            { Changed: true } => $"{step.Command} changed a session in which run {run.Id} had ended",
            { Decision: Decision.Unchanged { Outcome: ReportOutcome same } } when same.Run == run => null,
            { Decision: Decision.Refused { Refusal: { Code: RefusalCode.LeaseLost } told } }
                when told.RunStatus == run.Status => null,
            _ => $"{step.Command} was answered {step.Decision}",
        };
    }

    private static string? NeverActive(Step step)
    {
        var state = step.After.State;
        if (state.Active is { } active && (active.Status != RunStatus.Running || step.After.Audit.Running != active.Id))
            return $"run {active.Id} is active; by the log {step.After.Audit.Running?.ToString() ?? "none"} is";

        if (state.Active is null != state.Lease is null || state.Lease?.Epoch != state.Active?.Epoch)
            return $"the lease {state.Lease} is that of {state.Active}";

        foreach (var run in state.Queue)
        {
            if (run.Status != RunStatus.Queued)
                return $"run {run.Id} is in the queue and {run.Status}";
        }

        return null;
    }

    private static string? OwnRunOnly(Step step)
    {
        if (!step.Changed || Named(step) is not { } named)
            return null;

        var audit = step.Before.Audit;
        return audit.Running == named.Run && audit.Epoch == named.Epoch
            ? null
            : $"run {named.Run} at epoch {named.Epoch} reported while {audit.Running} ran at epoch {audit.Epoch}";
    }

    private static (RunId Run, long Epoch)? Named(Step step) => step switch
    {
        { Command: CompleteRun complete } => (complete.RunId, complete.Epoch),
        { Command: FailRun fail } => (fail.RunId, fail.Epoch),
        _ => null,
    };

    private static string? Final(Step step)
    {
        if (!step.Changed)
            return null;

        foreach (var old in step.Before.Runs)
        {
            if (old.IsTerminal && step.After.FindRun(old.Id) != old)
                return $"{old} became {step.After.FindRun(old.Id)}";
        }

        return null;
    }
}
