namespace Sessions.Postgres;

/// <summary>A session's output in a batch: <c>sessions.batch_output</c>.</summary>
internal static class OutputRow
{
    public static void Add(RowBuffer rows, int place, SessionSlot slot)
    {
        var output = slot.Outputs[^1].Write;
        rows.Begin()
            .Integer(place)
            .Text(slot.Key.Tenant.Value)
            .Text(slot.Key.Session.Value)
            .Text(output.Run.Value)
            .BigInt(output.Epoch)
            .BigInt(slot.First)
            .BigInt(slot.Last)
            .Integer(slot.Uncounted)
            .Integer(slot.Events)
            .Interval(output.LeaseTtl)
            .End();
    }
}
