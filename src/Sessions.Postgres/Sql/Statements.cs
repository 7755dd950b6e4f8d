using System.Collections.Concurrent;

namespace Sessions.Postgres;

/// <summary>
/// The SQL statements, each in a file of its name. <c>{run r}</c>, <c>{active s}</c> and <c>{session s}</c> in them stand
/// for the columns of a row called so, in the order in which <see cref="RunRow"/>, <see cref="ActiveRow"/> and
/// <see cref="SessionRow"/> read them.
/// </summary>
internal static class Statements
{
    private static readonly ConcurrentDictionary<string, string> Read = new(StringComparer.Ordinal);

    /// <summary>The text of <c>Sql/{name}.sql</c>.</summary>
    public static string Named(string name) => Read.GetOrAdd(name, static name => Resource($"Sql/{name}")
        .Replace("{active s}", Columns("s", ActiveRow.Columns), StringComparison.Ordinal)
        .Replace("{run r}", Columns("r", RunRow.Columns), StringComparison.Ordinal)
        .Replace("{session s}", Columns("s", SessionRow.Columns), StringComparison.Ordinal));

    /// <summary>An embedded text.</summary>
    public static string Resource(string name)
    {
        using var stream = typeof(Statements).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"There is no embedded '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Columns(string row, IEnumerable<string> columns) =>
        string.Join(", ", columns.Select(column => $"{row}.{column}"));
}
