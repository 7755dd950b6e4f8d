using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Sessions.Postgres;

/// <summary>The call of <c>commit_batch</c>, with its columns.</summary>
internal sealed class CommitCommand
{
    private readonly KeyColumns _keys = new();
    private readonly OutputColumns _outputs = new();
    private readonly EventColumns _events = new();
    private readonly DecisionColumns _decisions = new();
    private readonly RecordColumns _records = new();
    private readonly QueuedRunColumns _queued = new();
    private readonly ChangedRunColumns _changed = new();
    private readonly IdempotencyColumns _idempotency = new();
    private readonly List<int> _streaming = [];
    private readonly ColumnSet[] _all;
    private NpgsqlParameter<Guid> _writer = new();
    private NpgsqlParameter<long> _generation = new();
    private NpgsqlParameter<long> _batch = new();

    public CommitCommand() =>
        _all = [_keys, _outputs, _events, _decisions, _records, _queued, _changed, _idempotency];

    /// <summary>By session: the place of the changed run that ends with what it has streamed; -1 for none.</summary>
    public IReadOnlyList<int> Streaming => _streaming;

    /// <summary>A command for a connection, to be prepared there.</summary>
    public NpgsqlCommand On(NpgsqlConnection connection)
    {
        // Parameters belong to one command; the columns' values are shared by those of all connections.
        _writer = new() { NpgsqlDbType = NpgsqlDbType.Uuid };
        _generation = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        _batch = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
        var command = new NpgsqlCommand { Connection = connection };
        command.Parameters.Add(_writer);
        command.Parameters.Add(_generation);
        command.Parameters.Add(_batch);
        foreach (var column in _all.SelectMany(columns => columns.Columns))
            command.Parameters.Add(column.Parameter);

        var places = Enumerable.Range(1, command.Parameters.Count).Select(place => string.Create(CultureInfo.InvariantCulture, $"${place}"));
        command.CommandText = Statements.Named("commit").Replace("{parameters}", string.Join(", ", places), StringComparison.Ordinal);
        return command;
    }

    public void Fill(Guid writer, long generation, long batch, SessionSlot[] slots)
    {
        (_writer.TypedValue, _generation.TypedValue, _batch.TypedValue) = (writer, generation, batch);
        foreach (var columns in _all)
            columns.Clear();

        _streaming.Clear();

        // Columns of which nothing is used stay empty: the database takes what is missing for null.
        var anyOutput = Array.Exists(slots, slot => slot.Outputs.Count > 0);
        var anyDecision = Array.Exists(slots, slot => slot.Decision is not null);
        for (var at = 0; at < slots.Length; at++)
        {
            if (anyOutput)
                _outputs.Add(slots[at]);

            if (anyDecision)
                _decisions.Add(slots[at].Decision);

            Add(at + 1, slots[at]);
        }
    }

    private void Add(int place, SessionSlot slot)
    {
        _keys.Add(slot);
        _events.Add(place, slot);
        var streaming = -1;
        if (slot.Decision is { } decision)
        {
            _records.Add(place, decision);
            _queued.Add(place, decision);
            streaming = _changed.Add(place, decision);
            _idempotency.Add(place, decision);
        }

        _streaming.Add(streaming);
    }
}
