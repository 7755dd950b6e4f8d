namespace Sessions.Postgres;

/// <summary>A log row of a decision: <c>sessions.batch_record</c>.</summary>
internal sealed class RecordRow
{
    public required int Slot { get; init; }

    public required int Place { get; init; }

    public required long Version { get; init; }

    public required DateTimeOffset At { get; init; }

    public required short Kind { get; init; }

    public string? Run { get; init; }

    public string? Data { get; init; }

    public static void AddTo(List<RecordRow> rows, int slot, DecisionRequest request)
    {
        foreach (var record in request.Records)
        {
            var row = LogRow.Of(record.Event);
            rows.Add(new RecordRow
            {
                Slot = slot,
                Place = request.Place(record.Seq),
                Version = record.Version,
                At = record.At,
                Kind = (short)row.Kind,
                Run = row.Run,
                Data = row.Data,
            });
        }
    }
}
