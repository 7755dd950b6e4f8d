using Npgsql;

namespace Sessions.Load;

/// <summary>
/// Two bare tables on the server that is measured: sessions with a version, and a log as wide as the real one. What
/// commits to them costs is what the database can do; nothing is decided, kept or told.
/// </summary>
internal sealed class ReferenceDatabase : IAsyncDisposable
{
    /// <summary>How many sessions there are.</summary>
    public const int Sessions = 4096;

    /// <summary>What a log row carries, as long as that of a run's start.</summary>
    public const string Data =
        """{"attempt":1,"worker":"w0","epoch":1,"leaseExpiresAt":"2026-01-01T00:00:15.000000+00:00","deadline":"2026-01-01T01:00:00.000000+00:00"}""";

    private const string Schema = """
        create table sessions (
            id bigint not null primary key,
            version bigint not null,
            last_seq bigint not null,
            status smallint not null,
            updated_at timestamptz not null
        ) with (fillfactor = 60);
        create table log (
            session bigint not null,
            seq bigint not null,
            version bigint not null,
            at timestamptz not null,
            kind smallint not null,
            run text collate "C",
            text text,
            data text,
            primary key (session, seq)
        );
        """;

    private readonly long[] _versions = new long[Sessions];

    private ReferenceDatabase(NpgsqlDataSource source) => Source = source;

    public NpgsqlDataSource Source { get; }

    public static async Task<ReferenceDatabase> CreateAsync(string connectionString, CancellationToken cancellationToken)
    {
        var database = new ReferenceDatabase(NpgsqlDataSource.Create(connectionString));
        await using var create = database.Source.CreateCommand(Schema);
        await create.ExecuteNonQueryAsync(cancellationToken);
        await using var fill = database.Source.CreateCommand(
            $"insert into sessions select id, 0, 0, 0, now() from generate_series(0, {Sessions - 1}) id");
        await fill.ExecuteNonQueryAsync(cancellationToken);
        await using var analyze = database.Source.CreateCommand("analyze");
        await analyze.ExecuteNonQueryAsync(cancellationToken);
        return database;
    }

    /// <summary>A session's version. Each session is one connection's at a time.</summary>
    public ref long VersionOf(long session) => ref _versions[session];

    /// <summary>Has the database hold what was committed?</summary>
    /// <param name="loose">Log rows that belong to no version.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<IReadOnlyList<string>> AuditAsync(long loose, CancellationToken cancellationToken)
    {
        await using var command = Source.CreateCommand("select (select sum(version)::bigint from sessions), (select count(*) from log)");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (versions, rows, done) = (reader.GetInt64(0), reader.GetInt64(1), _versions.Sum());
        return versions == done && rows == done + loose
            ? []
            : [$"reference: {done} commits and {loose} rows were acknowledged, {versions} versions and {rows} rows are there"];
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
