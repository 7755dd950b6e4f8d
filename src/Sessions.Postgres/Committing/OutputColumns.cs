namespace Sessions.Postgres;

/// <summary>The sessions of a batch.</summary>
internal sealed class KeyColumns : ColumnSet
{
    private readonly Column<string?> _tenant;
    private readonly Column<string?> _session;

    public KeyColumns() => (_tenant, _session) = (Text(), Text());

    public void Add(SessionSlot slot)
    {
        _tenant.Add(slot.Key.Tenant.Value);
        _session.Add(slot.Key.Session.Value);
    }
}

/// <summary>The output of a batch, a row per session.</summary>
internal sealed class OutputColumns : ColumnSet
{
    private readonly Column<string?> _run;
    private readonly Column<long?> _epoch;
    private readonly Column<long?> _first;
    private readonly Column<long?> _last;
    private readonly Column<int?> _uncounted;
    private readonly Column<int?> _events;
    private readonly Column<TimeSpan?> _ttl;

    public OutputColumns()
    {
        (_run, _epoch, _first, _last) = (Text(), Big(), Big(), Big());
        (_uncounted, _events, _ttl) = (Int(), Int(), Span());
    }

    public void Add(SessionSlot slot)
    {
        if (slot.Outputs.Count == 0)
        {
            Skip();
            return;
        }

        var last = slot.Outputs[^1].Write;
        _run.Add(last.Run.Value);
        _epoch.Add(last.Epoch);
        _first.Add(slot.First);
        _last.Add(slot.Last);
        _uncounted.Add(slot.Uncounted);
        _events.Add(slot.Events);
        _ttl.Add(last.LeaseTtl);
    }
}

/// <summary>The log rows of the output of a batch.</summary>
internal sealed class EventColumns : ColumnSet
{
    private readonly Column<int?> _slot;
    private readonly Column<int?> _place;
    private readonly Column<long?> _batch;
    private readonly Column<short?> _kind;
    private readonly Column<string?> _text;
    private readonly Column<string?> _data;

    public EventColumns()
    {
        (_slot, _place, _batch, _kind) = (Int(), Int(), Big(), Small());
        (_text, _data) = (Text(), Text());
    }

    public int Count => _slot.Count;

    public void Add(int slot, SessionSlot session)
    {
        var place = 0;
        foreach (var output in session.Outputs)
        {
            foreach (var row in output.Rows)
            {
                _slot.Add(slot);
                _place.Add(++place);
                _batch.Add(output.Write.Batch);
                _kind.Add((short)row.Kind);
                _text.Add(row.Text);
                _data.Add(row.Data);
            }
        }
    }
}
