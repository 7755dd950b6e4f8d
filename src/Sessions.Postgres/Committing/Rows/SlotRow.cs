namespace Sessions.Postgres;

/// <summary>What a batch does to one session: <c>sessions.batch_slot</c>.</summary>
internal sealed class SlotRow
{
    public required string Tenant { get; init; }

    public required string Session { get; init; }

    public string? Run { get; init; }

    public long? Epoch { get; init; }

    public long? First { get; init; }

    public long? Last { get; init; }

    public int? Uncounted { get; init; }

    public int? Events { get; init; }

    public TimeSpan? Ttl { get; init; }

    public long? Version { get; init; }

    public long? Beats { get; init; }

    public bool Recalled { get; init; }

    public string? NewKey { get; init; }

    public string? NewRun { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public static SlotRow Of(SessionSlot slot)
    {
        var output = slot.Outputs.Count > 0 ? slot.Outputs[^1].Write : null;
        var decision = slot.Decision;
        var recalled = decision is { Write.IsRecalled: true } ? decision : null;
        return new SlotRow
        {
            Tenant = slot.Key.Tenant.Value,
            Session = slot.Key.Session.Value,
            Run = output?.Run.Value,
            Epoch = output?.Epoch,
            First = slot.First,
            Last = slot.Last,
            Uncounted = output is null ? null : slot.Uncounted,
            Events = output is null ? null : slot.Events,
            Ttl = output?.LeaseTtl,
            Version = decision?.Before.Version,
            Beats = decision?.Write.ExpectedBeats,
            Recalled = recalled is not null,
            NewKey = StoredText.Of(recalled?.NewKey),
            NewRun = recalled?.NewRun?.Value,
            DecidedAt = decision?.Provisional.State.UpdatedAt,
        };
    }
}
