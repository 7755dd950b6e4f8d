using System.Globalization;

namespace Sessions.Postgres;

/// <summary>A step of the schema, forward only.</summary>
/// <param name="Number">Its place; from 1, without gaps.</param>
/// <param name="Name">Its name.</param>
internal sealed record Migration(int Number, string Name)
{
    private const string Folder = "Migrations/";

    /// <summary>All that this build knows, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } =
    [
        .. typeof(Migration).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..])
            .Select(name => new Migration(int.Parse(name[..3], CultureInfo.InvariantCulture), name))
            .OrderBy(migration => migration.Number),
    ];

    /// <summary>What it does.</summary>
    public string Sql => Statements.Resource(Folder + Name);
}
