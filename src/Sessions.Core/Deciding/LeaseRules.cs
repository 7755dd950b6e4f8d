namespace Sessions.Core;

/// <summary>The rules of starting, losing and running out of time. They keep invariants 2, 19, 21, 22, 24, 26 and 27.</summary>
internal static class LeaseRules
{
    public static Decision Start(SessionState state, StartRun command, DateTimeOffset now)
    {
        var draft = new Draft(state, now);
        FailOverdue(draft);
        draft.FailMismatches();

        // A start clears the last error: what failed here is shown in a version of its own before the next run starts.
        if (!draft.IsEmpty)
            return draft.Accept(new StartOutcome(null));

        if (draft.State.Ready is not { } head || !command.Agents.Contains(head.Agent))
            return Decider.Refuse(RefusalCode.NothingToStart, $"No run of session '{state.Key.Session}' is ready for this worker.");

        draft.Emit(new RunStarted(
            head.Id, head.Attempt + 1, command.Worker, draft.State.Epoch + 1, now + command.LeaseTtl, now + head.Timeout));
        return draft.Accept(new StartOutcome(draft.State.Active));
    }

    public static Decision Expire(SessionState state, DateTimeOffset now)
    {
        var draft = new Draft(state, now);
        var ended = FailOverdue(draft);
        long? expectedBeats = null;
        if (draft.State is { Active: { } active, Lease: { } lease })
        {
            if (active.Deadline <= now)
            {
                draft.Fail(active, new(RunErrorCode.DeadlineExceeded, $"The run took longer than {active.Timeout}."), FailPhase.Run);
                ended++;
            }
            else if (lease.ExpiresAt <= now)
            {
                Lose(draft, active, new(RunErrorCode.WorkerLost, $"Worker '{active.Worker}' was not heard from in time."), FailPhase.Run);
                expectedBeats = lease.Beats;
                ended++;
            }
        }

        draft.FailMismatches();
        return draft.IsEmpty
            ? new Decision.Unchanged(new DueOutcome(0))
            : draft.Accept(new DueOutcome(ended), expectedBeats);
    }

    /// <summary>Ends the active run, which lost its worker; or queues it again where another worker may try it.</summary>
    /// <returns>True when it was queued again: the decision then rests on there having been no output.</returns>
    public static bool Lose(Draft draft, Run run, RunError error, FailPhase phase)
    {
        if (!RunErrorCode.IsLostWorker(error.Code) || run.HasOutput || run.Attempt >= run.MaxAttempts)
        {
            draft.Fail(run, error, phase);
            return false;
        }

        draft.Emit(new RunRequeued(run.Id, run.Attempt, error, draft.Now + run.QueueTimeout));
        return true;
    }

    private static int FailOverdue(Draft draft)
    {
        var ended = 0;
        var ready = draft.State.Ready;
        foreach (var run in draft.State.Queue)
        {
            if (run.QueueDeadline > draft.Now)
                continue;

            var error = run.Id == ready?.Id
                ? new RunError(RunErrorCode.NoWorker, $"No worker took the run for agent '{run.Agent}' within {run.QueueTimeout}.")
                : new RunError(RunErrorCode.QueueTimeout, $"The run waited longer than {run.QueueTimeout}.");
            draft.Fail(run, error, FailPhase.Start);
            ended++;
        }

        return ended;
    }
}
