using System.Collections.Immutable;
using System.Text.Json;
using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>
/// An event as its log row. What stands in the run's row already is not repeated: what a send brought never changes, and
/// a terminal run does not change any more.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Run">The run that it is about.</param>
/// <param name="Text">Its text, as stored.</param>
/// <param name="Data">The rest, as JSON.</param>
internal readonly record struct LogRow(LogKind Kind, string? Run, string? Text, string? Data)
{
    public static LogRow Of(OutputEvent output) => output switch
    {
        RunDelta delta => new(LogKind.Delta, delta.RunId.Value, StoredText.Of(delta.Text), null),
        RunContent content => new(LogKind.Content, content.RunId.Value, StoredText.Of(content.Text), null),
        RunNotice notice => new(LogKind.Notice, notice.RunId.Value, StoredText.Of(notice.Text), null),
        RunTool tool => new(LogKind.Tool, tool.RunId.Value, null, JsonSerializer.Serialize(
            new StoredTool(tool.ToolCallId, tool.Name, tool.Phase, tool.Arguments, tool.Result), StoredJson.Relaxed.StoredTool)),
        _ => throw new InvalidOperationException($"The output {output.GetType().Name} has no row."),
    };

    public static LogRow Of(SessionEvent happened) => happened switch
    {
        OutputEvent output => Of(output),
        SessionCreated created => new(LogKind.Created, null, null, Lifecycle(created, created.Agent, created.Title, created.Metadata, null)),
        SessionUpdated updated => new(LogKind.Updated, null, null, Lifecycle(updated, null, updated.Title, updated.Metadata, updated.Abort)),
        SessionReset reset => new(LogKind.Reset, null, null, Lifecycle(reset, null, null, null, null)),
        SessionDeleted deleted => new(LogKind.Deleted, null, null, Lifecycle(deleted, null, null, null, null)),
        RunQueued queued => new(LogKind.Queued, queued.RunId.Value, null, null),
        RunStarted started => new(LogKind.Started, started.RunId.Value, null, JsonSerializer.Serialize(
            new StoredStart(started.Attempt, started.Worker.Value, started.Epoch, started.LeaseExpiresAt, started.Deadline),
            StoredJson.Relaxed.StoredStart)),
        RunRequeued requeued => new(LogKind.Requeued, requeued.RunId.Value, null, JsonSerializer.Serialize(
            new StoredRequeue(requeued.Attempt, requeued.Error.Code, requeued.Error.Message, requeued.QueueDeadline),
            StoredJson.Relaxed.StoredRequeue)),
        RunCompleted completed => new(LogKind.Completed, completed.RunId.Value, null, null),
        RunFailed failed => new(LogKind.Failed, failed.RunId.Value, null, JsonSerializer.Serialize(
            new StoredFailure(failed.Phase), StoredJson.Relaxed.StoredFailure)),
        RunAborted aborted => new(LogKind.Aborted, aborted.RunId.Value, null, null),
        _ => throw new InvalidOperationException($"The event {happened.GetType().Name} has no row."),
    };

    /// <summary>The event again.</summary>
    /// <param name="key">The session.</param>
    /// <param name="seq">The record's seq.</param>
    /// <param name="version">The record's version.</param>
    /// <param name="at">The record's time.</param>
    /// <param name="run">The run as it is now, where the event is its admission or its end.</param>
    public SessionEvent Event(SessionKey key, long seq, long version, DateTimeOffset at, Run? run) => Kind switch
    {
        LogKind.Delta => new RunDelta(new(Run!), StoredText.Back(Text)!),
        LogKind.Content => new RunContent(new(Run!), StoredText.Back(Text)!),
        LogKind.Notice => new RunNotice(new(Run!), StoredText.Back(Text)!),
        LogKind.Tool => Tool(),
        LogKind.Created or LogKind.Updated or LogKind.Reset or LogKind.Deleted => Lifecycle(key, seq, version, at),
        LogKind.Queued => new RunQueued(AsQueued(run!)),
        LogKind.Started => Started(),
        LogKind.Requeued => Requeued(),
        LogKind.Completed => new RunCompleted(run!),
        LogKind.Failed => new RunFailed(run!, JsonSerializer.Deserialize(Data!, StoredJson.Relaxed.StoredFailure)!.Phase),
        LogKind.Aborted => new RunAborted(run!),
        _ => throw new InvalidOperationException($"The log of session {key} has the unknown kind {Kind} at {seq}."),
    };

    private static string Lifecycle(
        SessionLifecycleEvent happened, AgentName? agent, string? title, ImmutableSortedDictionary<string, string>? metadata,
        PendingAbort? abort)
    {
        var stored = new StoredLifecycle(
            agent?.Value, title, metadata is null ? null : StoredMetadata.Of(metadata), abort?.Key, abort?.Reason,
            StoredSnapshots.Of(happened.Session!));
        return JsonSerializer.Serialize(stored, StoredJson.Relaxed.StoredLifecycle);
    }

    private SessionLifecycleEvent Lifecycle(SessionKey key, long seq, long version, DateTimeOffset at)
    {
        var data = JsonSerializer.Deserialize(Data!, StoredJson.Relaxed.StoredLifecycle)!;
        var session = StoredSnapshots.Back(data.Session, key, Kind == LogKind.Deleted, seq, version, at);
        var metadata = StoredMetadata.Back(data.Metadata);
        var abort = data.AbortKey is { } abortKey ? new PendingAbort(abortKey, data.AbortReason!.Value) : null;
        return Kind switch
        {
            LogKind.Created => new SessionCreated(new(data.Agent!), data.Title, metadata) { Session = session },
            LogKind.Updated => new SessionUpdated(data.Title, metadata, abort) { Session = session },
            LogKind.Reset => new SessionReset { Session = session },
            _ => new SessionDeleted { Session = session },
        };
    }

    private RunTool Tool()
    {
        var tool = JsonSerializer.Deserialize(Data!, StoredJson.Relaxed.StoredTool)!;
        return new(new(Run!), tool.Id, tool.Name, tool.Phase, tool.Arguments, tool.Result);
    }

    private RunStarted Started()
    {
        var start = JsonSerializer.Deserialize(Data!, StoredJson.Relaxed.StoredStart)!;
        return new(new(Run!), start.Attempt, new(start.Worker), start.Epoch, start.LeaseExpiresAt, start.Deadline);
    }

    private RunRequeued Requeued()
    {
        var requeue = JsonSerializer.Deserialize(Data!, StoredJson.Relaxed.StoredRequeue)!;
        return new(new(Run!), requeue.Attempt, new(requeue.Code, requeue.Message), requeue.QueueDeadline);
    }

    /// <summary>The run as it was accepted.</summary>
    private static Run AsQueued(Run run) => new()
    {
        Id = run.Id,
        Agent = run.Agent,
        Status = RunStatus.Queued,
        IdempotencyKey = run.IdempotencyKey,
        Fingerprint = run.Fingerprint,
        MaxAttempts = run.MaxAttempts,
        Timeout = run.Timeout,
        QueueTimeout = run.QueueTimeout,
        Input = run.Input,
        Generation = run.Generation,
        QueuedAt = run.QueuedAt,
        QueueDeadline = run.QueuedAt + run.QueueTimeout,
    };
}
