namespace Sessions.Postgres;

/// <summary>A log row of a decision: <c>sessions.batch_record</c>.</summary>
internal static class RecordRow
{
    public static void Add(RowBuffer rows, int slot, DecisionRequest request)
    {
        foreach (var record in request.Records)
        {
            var row = LogRow.Of(record.Event);
            rows.Begin()
                .Integer(slot)
                .Integer(request.Place(record.Seq))
                .BigInt(record.Version)
                .Timestamp(record.At)
                .SmallInt((short)row.Kind)
                .Text(row.Run)
                .Text(row.Data)
                .End();
        }
    }
}
