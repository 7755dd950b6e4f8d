using Npgsql;
using NpgsqlTypes;

namespace Sessions.Postgres;

/// <summary>An array parameter, filled value by value and used again for the next batch.</summary>
internal abstract class Column
{
    /// <summary>The parameter; its value is what the column holds when it is sent.</summary>
    public abstract NpgsqlParameter Parameter { get; }

    /// <summary>Adds null, or a default where the column has no nulls.</summary>
    public abstract void Skip();

    public abstract void Clear();
}

/// <inheritdoc/>
internal sealed class Column<T>(NpgsqlDbType type) : Column
{
    private readonly List<T> _values = [];

    public override NpgsqlParameter Parameter => new NpgsqlParameter<List<T>> { TypedValue = _values, NpgsqlDbType = NpgsqlDbType.Array | type };

    public int Count => _values.Count;

    public void Add(T value) => _values.Add(value);

    public override void Skip() => _values.Add(default!);

    public override void Clear() => _values.Clear();
}

/// <summary>A set of columns that grow together, in the order of the function's parameters.</summary>
internal abstract class ColumnSet
{
    private readonly List<Column> _columns = [];

    public IReadOnlyList<Column> Columns => _columns;

    public void Clear()
    {
        foreach (var column in _columns)
            column.Clear();
    }

    public void Skip()
    {
        foreach (var column in _columns)
            column.Skip();
    }

    protected Column<string?> Text() => Make<string?>(NpgsqlDbType.Text);

    protected Column<short?> Small() => Make<short?>(NpgsqlDbType.Smallint);

    protected Column<int?> Int() => Make<int?>(NpgsqlDbType.Integer);

    protected Column<long?> Big() => Make<long?>(NpgsqlDbType.Bigint);

    protected Column<bool> Bool() => Make<bool>(NpgsqlDbType.Boolean);

    protected Column<DateTimeOffset?> Time() => Make<DateTimeOffset?>(NpgsqlDbType.TimestampTz);

    protected Column<TimeSpan?> Span() => Make<TimeSpan?>(NpgsqlDbType.Interval);

    private Column<T> Make<T>(NpgsqlDbType type)
    {
        var column = new Column<T>(type);
        _columns.Add(column);
        return column;
    }
}
