namespace Sessions.Postgres;

/// <summary>A log row of a session's output: <c>sessions.batch_event</c>.</summary>
internal sealed class EventRow
{
    public required int Slot { get; init; }

    public required int Place { get; init; }

    public long? Batch { get; init; }

    public required short Kind { get; init; }

    public required string Run { get; init; }

    public string? Text { get; init; }

    public string? Data { get; init; }

    public static void AddTo(List<EventRow> rows, int slot, SessionSlot session)
    {
        var place = 0;
        foreach (var output in session.Outputs)
        {
            foreach (var row in output.Rows)
            {
                rows.Add(new EventRow
                {
                    Slot = slot,
                    Place = ++place,
                    Batch = output.Write.Batch,
                    Kind = (short)row.Kind,
                    Run = output.Write.Run.Value,
                    Text = row.Text,
                    Data = row.Data,
                });
            }
        }
    }
}
