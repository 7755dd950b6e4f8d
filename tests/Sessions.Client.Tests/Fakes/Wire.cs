using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sessions.Protocol;

namespace Sessions.Testing.Fakes;

/// <summary>Resources and frames of session <c>s1</c> and run <c>r1</c>, as the wire has them.</summary>
internal static class Wire
{
    public const string Ping = ": ping\n\n";

    public static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static RunResource Run(
        string status = RunStatuses.Queued, string? output = null, string id = "r1", string? key = null, string input = "hi") => new()
        {
            Id = id,
            SessionId = "s1",
            Agent = "echo",
            Status = status,
            Attempt = status == RunStatuses.Queued ? 0 : 1,
            IdempotencyKey = key,
            Input = new RunText(input),
            Output = output is null ? null : new RunText(output),
            Error = status == RunStatuses.Failed ? new ErrorResource("worker_lost", "The lease expired.") : null,
            AbortReason = status == RunStatuses.Aborted ? AbortReasons.User : null,
            QueuedAt = At,
        };

    public static SessionResource Session(
        string id = "s1", long version = 1, bool active = false, bool deleted = false, string? title = null, long lastSeq = 1) => new()
        {
            Id = id,
            Agent = "echo",
            Title = title,
            Metadata = new Dictionary<string, string>(),
            Status = active ? SessionStatuses.Running : SessionStatuses.Idle,
            HasActiveRun = active,
            ActiveRunId = active ? "r1" : null,
            QueuedRunIds = [],
            Binding = new BindingResource(BindingStates.None, null),
            Version = version,
            LastSeq = lastSeq,
            Generation = 1,
            CreatedAt = At,
            UpdatedAt = At,
            Deleted = deleted,
        };

    public static EventResource Event(long seq, string type, string? text = null, string? runId = "r1") =>
        new() { Seq = seq, Type = type, SessionId = "s1", RunId = runId, At = At, Text = text };

    public static string Frame(EventResource record) =>
        $"id: {record.Seq}\nevent: {record.Type}\ndata: {Data(record, ProtocolJson.Default.EventResource)}\n\n";

    public static string Created(long seq = 1) => Frame(Event(seq, EventTypes.SessionCreated, runId: null) with { Session = Session() });

    public static string Queued(long seq) => Frame(Event(seq, EventTypes.RunQueued) with { Run = Run() });

    public static string Started(long seq) => Frame(Event(seq, EventTypes.RunStarted) with { Attempt = 1, WorkerId = "w1" });

    public static string Delta(long seq, string text) => Frame(Event(seq, EventTypes.RunDelta, text));

    public static string Completed(long seq, string output) =>
        Frame(Event(seq, EventTypes.RunCompleted) with { Run = Run(RunStatuses.Completed, output) });

    public static string Failed(long seq, string? output = null) =>
        Frame(Event(seq, EventTypes.RunFailed) with { Run = Run(RunStatuses.Failed, output) });

    public static string Aborted(long seq, string? output = null) =>
        Frame(Event(seq, EventTypes.RunAborted) with { Run = Run(RunStatuses.Aborted, output) });

    public static string Deleted(long seq) =>
        Frame(Event(seq, EventTypes.SessionDeleted, runId: null) with { Session = Session(version: 9, deleted: true) });

    public static string Reset(long seq) =>
        Frame(Event(seq, EventTypes.SessionReset, runId: null) with { Session = Session(version: 5) with { Generation = 2 } });

    public static string Synchronized(long? lastSeq = null) =>
        $"event: synchronized\ndata: {Data(new SynchronizedResource(lastSeq), ProtocolJson.Default.SynchronizedResource)}\n\n";

    public static string End(string reason = EndReasons.RunEnded) =>
        $"event: end\ndata: {Data(new EndResource(reason), ProtocolJson.Default.EndResource)}\n\n";

    public static string Watched(SessionResource session) =>
        $"event: session\ndata: {Data(session, ProtocolJson.Default.SessionResource)}\n\n";

    private static string Data<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);
}
