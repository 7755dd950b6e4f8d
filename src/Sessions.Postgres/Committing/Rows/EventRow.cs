namespace Sessions.Postgres;

/// <summary>A log row of a session's output: <c>sessions.batch_event</c>.</summary>
internal static class EventRow
{
    public static void Add(RowBuffer rows, int slot, SessionSlot session)
    {
        var place = 0;
        foreach (var output in session.Outputs)
        {
            foreach (var row in output.Rows)
            {
                rows.Begin()
                    .Integer(slot)
                    .Integer(++place)
                    .BigInt(output.Write.Batch)
                    .SmallInt((short)row.Kind)
                    .Text(output.Write.Run.Value)
                    .Text(row.Text)
                    .Text(row.Data)
                    .End();
            }
        }
    }
}
