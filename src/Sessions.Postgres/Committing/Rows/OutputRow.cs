namespace Sessions.Postgres;

/// <summary>A session's output in a batch: <c>sessions.batch_output</c>.</summary>
internal sealed class OutputRow
{
    public required int Slot { get; init; }

    public required string Tenant { get; init; }

    public required string Session { get; init; }

    public required string Run { get; init; }

    public required long Epoch { get; init; }

    public long? First { get; init; }

    public long? Last { get; init; }

    public required int Uncounted { get; init; }

    public required int Events { get; init; }

    public required TimeSpan Ttl { get; init; }

    public static OutputRow Of(int place, SessionSlot slot)
    {
        var output = slot.Outputs[^1].Write;
        return new OutputRow
        {
            Slot = place,
            Tenant = slot.Key.Tenant.Value,
            Session = slot.Key.Session.Value,
            Run = output.Run.Value,
            Epoch = output.Epoch,
            First = slot.First,
            Last = slot.Last,
            Uncounted = slot.Uncounted,
            Events = slot.Events,
            Ttl = output.LeaseTtl,
        };
    }
}
