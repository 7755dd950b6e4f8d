namespace Sessions.Core;

/// <summary>The rules of workers' terminal reports. They keep invariants 4, 7, 8, 9 and 15.</summary>
internal static class ReportRules
{
    public static Decision Complete(SessionState state, CompleteRun command, Facts facts, DateTimeOffset now)
    {
        if (Holder(state, command.RunId, command.Epoch) is not { } run)
        {
            return facts.NamedRun is { Status: RunStatus.Completed } ended && ended.Epoch == command.Epoch
                ? new Decision.Unchanged(new ReportOutcome(ended))
                : TooLate(state, command.RunId, facts);
        }

        var draft = new Draft(state, now);
        draft.Complete(run, command.Text, command.Usage);
        draft.FailMismatches();
        return draft.Accept(new ReportOutcome(run));
    }

    public static Decision Fail(SessionState state, FailRun command, Facts facts, DateTimeOffset now)
    {
        if (Holder(state, command.RunId, command.Epoch) is not { } run)
        {
            return facts.NamedRun is { Status: RunStatus.Failed } ended && ended.Epoch == command.Epoch && ended.Error == command.Error
                ? new Decision.Unchanged(new ReportOutcome(ended))
                : TooLate(state, command.RunId, facts);
        }

        var draft = new Draft(state, now);
        var requeued = LeaseRules.Lose(draft, run, command.Error, command.Phase);
        draft.FailMismatches();
        return draft.Accept(new ReportOutcome(draft.State.Find(run.Id) ?? run), requeued ? state.Lease!.Beats : null);
    }

    /// <remarks>Rests on the lease's silence, so it fences on its beats; the attempt does not count, the wait goes on.</remarks>
    public static Decision Return(SessionState state, ReturnRun command, Facts facts, DateTimeOffset now)
    {
        if (Holder(state, command.RunId, command.Epoch) is not { HasOutput: false } run || state.Lease is not { Beats: 0 } lease)
            return TooLate(state, command.RunId, facts);

        var draft = new Draft(state, now);
        var error = new RunError(RunErrorCode.WorkerLost, $"Worker '{run.Worker}' was gone before it learned of the run.");
        draft.Emit(new RunRequeued(run.Id, run.Attempt - 1, error, run.QueueDeadline));
        draft.FailMismatches();
        return draft.Accept(new ReportOutcome(draft.State.Find(run.Id) ?? run), lease.Beats);
    }

    private static Run? Holder(SessionState state, RunId run, long epoch) =>
        LeaseFence.Check(state, run, epoch, null) is LeaseVerdict.Holds ? state.Active : null;

    private static Decision TooLate(SessionState state, RunId id, Facts facts) =>
        (state.Find(id) ?? facts.NamedRun) is { } run
            ? Decider.Refuse(RefusalCode.LeaseLost, $"The lease of run '{id}' is not this one any more.", run.Status)
            : Decider.Refuse(RefusalCode.RunNotFound, $"There is no run '{id}' in session '{state.Key.Session}'.");
}
