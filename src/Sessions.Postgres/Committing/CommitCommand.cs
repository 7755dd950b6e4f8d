using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Sessions.Postgres;

/// <summary>Where in a batch the rows of a session are, from 0, if it has any.</summary>
/// <param name="Output">Its output.</param>
/// <param name="Decision">Its decision.</param>
/// <param name="Streaming">The changed run that ends with what it has streamed; -1 for none.</param>
internal readonly record struct SlotPlaces(int Output, int Decision, int Streaming);

/// <summary>The call of <c>commit_batch</c>, with its rows, which are used again for the next batch.</summary>
internal sealed class CommitCommand
{
    private readonly RowBuffer _outputs = new();
    private readonly RowBuffer _events = new();
    private readonly RowBuffer _decisions = new();
    private readonly RowBuffer _records = new();
    private readonly RowBuffer _queued = new();
    private readonly RowBuffer _changed = new();
    private readonly RowBuffer _keys = new();
    private readonly List<SlotPlaces> _places = [];
    private NpgsqlParameter<Guid> _writer = new();
    private NpgsqlParameter<long> _generation = new();
    private NpgsqlParameter<long> _batch = new();
    private NpgsqlParameter<bool> _creates = new();
    private NpgsqlParameter<bool> _streams = new();

    /// <summary>By session: where its rows are.</summary>
    public IReadOnlyList<SlotPlaces> Places => _places;

    /// <summary>A command for a connection, to be prepared there.</summary>
    public NpgsqlCommand On(NpgsqlConnection connection)
    {
        // Parameters belong to one command; the rows are shared by those of all connections.
        _writer = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
        _generation = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        _batch = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        _creates = new() { NpgsqlDbType = NpgsqlDbType.Boolean };
        _streams = new() { NpgsqlDbType = NpgsqlDbType.Boolean };
        NpgsqlParameter[] parameters =
        [
            _writer, _generation, _batch, _creates, _streams,
            Rows("output", _outputs), Rows("event", _events), Rows("decision", _decisions), Rows("record", _records),
            Rows("queued_run", _queued), Rows("changed_run", _changed), Rows("key", _keys),
        ];
        var command = new NpgsqlCommand { Connection = connection };
        command.Parameters.AddRange(parameters);
        var places = Enumerable.Range(1, parameters.Length).Select(place => string.Create(CultureInfo.InvariantCulture, $"${place}"));
        command.CommandText = Statements.Named("commit").Replace("{parameters}", string.Join(", ", places), StringComparison.Ordinal);
        return command;
    }

    public void Fill(Guid writer, long generation, long batch, SessionSlot[] slots)
    {
        (_writer.TypedValue, _generation.TypedValue, _batch.TypedValue) = (writer, generation, batch);
        Clear();
        foreach (var slot in slots)
            Add(slot);

        _creates.TypedValue = slots.Any(slot => slot.Decision is { Before.Version: 0 });
        _streams.TypedValue = _places.Exists(places => places.Streaming >= 0);
    }

    private void Clear()
    {
        _outputs.Clear();
        _events.Clear();
        _decisions.Clear();
        _records.Clear();
        _queued.Clear();
        _changed.Clear();
        _keys.Clear();
        _places.Clear();
    }

    private void Add(SessionSlot slot)
    {
        var places = new SlotPlaces(_outputs.Count, _decisions.Count, -1);
        if (slot.Outputs.Count > 0)
        {
            var place = _outputs.Count + 1;
            OutputRow.Add(_outputs, place, slot);
            EventRow.Add(_events, place, slot);
        }

        if (slot.Decision is { } decision)
        {
            var place = _decisions.Count + 1;
            DecisionRow.Add(_decisions, place, decision);
            RecordRow.Add(_records, place, decision);
            QueuedRunRow.Add(_queued, place, decision);
            places = places with { Streaming = ChangedRunRow.Add(_changed, place, decision) };
            KeyRow.Add(_keys, place, decision);
        }

        _places.Add(places);
    }

    private static NpgsqlParameter<RowBuffer> Rows(string type, RowBuffer rows) =>
        new() { TypedValue = rows, DataTypeName = $"sessions.batch_{type}[]" };
}
