using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>A run that a decision accepts: <c>sessions.batch_queued_run</c>.</summary>
internal sealed class QueuedRunRow
{
    public required int Slot { get; init; }

    public required string Run { get; init; }

    public required int Place { get; init; }

    public required string Agent { get; init; }

    public string? Key { get; init; }

    public string? Fingerprint { get; init; }

    public required int MaxAttempts { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required TimeSpan QueueTimeout { get; init; }

    public required string Input { get; init; }

    public required long Generation { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }

    public required DateTimeOffset QueueDeadline { get; init; }

    public static void AddTo(List<QueuedRunRow> rows, int slot, DecisionRequest request)
    {
        foreach (var record in request.Records)
        {
            if (record.Event is RunQueued { Run: var run })
                rows.Add(Of(slot, request.Place(record.Seq), run));
        }
    }

    private static QueuedRunRow Of(int slot, int place, Run run) => new()
    {
        Slot = slot,
        Run = run.Id.Value,
        Place = place,
        Agent = run.Agent.Value,
        Key = StoredText.Of(run.IdempotencyKey),
        Fingerprint = StoredText.Of(run.Fingerprint),
        MaxAttempts = run.MaxAttempts,
        Timeout = run.Timeout,
        QueueTimeout = run.QueueTimeout,
        Input = StoredText.Of(run.Input),
        Generation = run.Generation,
        QueuedAt = run.QueuedAt,
        QueueDeadline = run.QueueDeadline,
    };
}
