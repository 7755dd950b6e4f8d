using Npgsql;

namespace Sessions.Postgres;

/// <summary>Reads a row's columns one after the other.</summary>
internal struct RowReader(NpgsqlDataReader reader, int from)
{
    private int _at = from;

    /// <summary>The next column's place.</summary>
    public readonly int At => _at;

    public readonly bool NextIsNull => reader.IsDBNull(_at);

    public T Value<T>() => reader.GetFieldValue<T>(_at++);

    public T? Struct<T>()
        where T : struct
    {
        var at = _at++;
        return reader.IsDBNull(at) ? null : reader.GetFieldValue<T>(at);
    }

    public T[]? Array<T>()
    {
        var at = _at++;
        return reader.IsDBNull(at) ? null : reader.GetFieldValue<T[]>(at);
    }

    /// <summary>An id, or another text that is stored as it is.</summary>
    public string? Id()
    {
        var at = _at++;
        return reader.IsDBNull(at) ? null : reader.GetString(at);
    }

    /// <summary>A text that may be anything.</summary>
    public string? Text() => StoredText.Back(Id());
}
