namespace Sessions.Core;

/// <summary>
/// What each event changes. Pure, and the only way a state comes about: folding a session's log gives its state
/// (invariant 37).
/// </summary>
public static class Evolver
{
    /// <summary>The state after <paramref name="record"/>.</summary>
    public static SessionState Apply(SessionState state, LogRecord record) => record.Event switch
    {
        OutputEvent output => Output(state, output) with { LastSeq = record.Seq },
        var decided => Decided(state, decided, record) with
        {
            LastSeq = record.Seq,
            Version = record.Version,
            UpdatedAt = record.At,
        },
    };

    private static SessionState Decided(SessionState state, SessionEvent happened, LogRecord record) => happened switch
    {
        SessionCreated created => state with
        {
            Existence = SessionExistence.Live,
            Agent = created.Agent,
            Title = created.Title,
            Metadata = created.Metadata,
            Generation = 1,
            GenerationSeq = record.Seq,
            CreatedAt = record.At,
        },
        SessionUpdated updated => state with { Title = updated.Title, Metadata = updated.Metadata },
        SessionReset => state with
        {
            Binding = Binding.None,
            Rest = RestStatus.Idle,
            LastError = null,
            LastRun = null,
            Generation = state.Generation + 1,
            GenerationSeq = record.Seq,
        },
        SessionDeleted => state with { Existence = SessionExistence.Deleted },
        RunQueued queued => state with { Queue = state.Queue.Add(queued.Run with { QueuedSeq = record.Seq }) },
        RunStarted started => Started(state, started, record),
        RunRequeued requeued => Requeued(state, requeued),
        RunEnded ended => Ended(state, ended, record),
        _ => throw new InvalidOperationException($"No evolution for the event {happened.GetType().Name}."),
    };

    private static SessionState Output(SessionState state, OutputEvent output) =>
        state.Active is { } active && active.Id == output.RunId
            ? active.HasOutput ? state : state with { Active = active with { HasOutput = true } }
            : throw new InvalidOperationException($"Session {state.Key} has output of run {output.RunId}, which is not running.");

    private static SessionState Started(SessionState state, RunStarted started, LogRecord record)
    {
        if (state.Ready is not { } head || head.Id != started.RunId)
            throw new InvalidOperationException($"Session {state.Key} starts run {started.RunId}, which is not ready.");

        var run = head with
        {
            Status = RunStatus.Running,
            Attempt = started.Attempt,
            Worker = started.Worker,
            Epoch = started.Epoch,
            StartedAt = record.At,
            Deadline = started.Deadline,
        };
        return state with
        {
            Active = run,
            Queue = state.Queue.RemoveAt(0),
            Lease = new Lease(started.Epoch, started.LeaseExpiresAt),
            Epoch = started.Epoch,
            Binding = state.Binding.State == BindingState.Bound ? state.Binding : new(BindingState.Bound, run.Agent),
            BoundByActive = state.Binding.State == BindingState.None,
            Rest = RestStatus.Idle,
            LastError = null,
        };
    }

    private static SessionState Requeued(SessionState state, RunRequeued requeued)
    {
        if (state.Active is not { } active || active.Id != requeued.RunId)
            throw new InvalidOperationException($"Session {state.Key} requeues run {requeued.RunId}, which is not running.");

        var run = active with
        {
            Status = RunStatus.Queued,
            Attempt = requeued.Attempt,
            StartedAt = null,
            Deadline = null,
            QueueDeadline = requeued.QueueDeadline,
        };

        // Nothing came of the start, not even output: a binding that it made goes with it, the next start makes it again.
        var binding = state.BoundByActive ? Binding.None : state.Binding;
        return state with
        {
            Active = null,
            Lease = null,
            Binding = binding,
            BoundByActive = false,
            Rest = state.Rest == RestStatus.Error && binding.State == BindingState.None ? RestStatus.Stopped : state.Rest,
            Queue = state.Queue.Insert(0, run),
        };
    }

    private static SessionState Ended(SessionState state, RunEnded ended, LogRecord record)
    {
        var next = Without(state, ended.RunId, new LastRun(ended.RunId, ended.Run.Status, record.At));
        return ended switch
        {
            RunCompleted => next is { Rest: RestStatus.Idle, LastError: null }
                ? next
                : next with { Rest = RestStatus.Idle, LastError = null },
            RunFailed failed => Failed(state, next, failed, record),
            RunAborted => next,
            _ => throw new InvalidOperationException($"No evolution for the event {ended.GetType().Name}."),
        };
    }

    private static SessionState Failed(SessionState before, SessionState next, RunFailed failed, LogRecord record)
    {
        var error = failed.Run.Error
            ?? throw new InvalidOperationException($"Session {before.Key} has run {failed.RunId} failed without an error.");
        var wasActive = before.Active?.Id == failed.RunId;
        var binding =
            wasActive && before.BoundByActive && failed.Phase == FailPhase.Start ? Binding.None
            : wasActive && error.Code == RunErrorCode.WorkerShutdown ? before.Binding with { State = BindingState.Stopped }
            : before.Binding;
        return next with
        {
            LastError = new(error, failed.RunId, record.At),
            Binding = binding,
            Rest = binding.State == BindingState.None || (wasActive && error.Code == RunErrorCode.WorkerShutdown)
                ? RestStatus.Stopped
                : RestStatus.Error,
        };
    }

    private static SessionState Without(SessionState state, RunId id, LastRun last)
    {
        if (state.Active?.Id == id)
            return state with { Active = null, Lease = null, BoundByActive = false, LastRun = last };

        var queue = state.Queue;
        for (var at = 0; at < queue.Length; at++)
        {
            if (queue[at].Id == id)
                return state with { Queue = queue.RemoveAt(at), LastRun = last };
        }

        throw new InvalidOperationException($"Session {state.Key} ends run {id}, which is neither running nor queued.");
    }
}
