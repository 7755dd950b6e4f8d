using System.Globalization;
using Npgsql;

namespace Sessions.Load;

/// <summary>
/// Checks a whole database against what was acknowledged, by raw SQL: every session's log gapless and as long as the
/// session says, every run ended once and as completed, as many runs, decisions and deltas as were acknowledged.
/// </summary>
internal static class DatabaseAudit
{
    private const string Counts = """
        select
            (select count(*) from sessions.runs),
            (select count(*) from sessions.runs where status = 2),
            (select count(*) from sessions.log where kind in (12, 13, 14)),
            (select count(*) from (select distinct session, run from sessions.log where kind = 12) ended),
            (select coalesce(sum(version), 0)::bigint from sessions.sessions),
            (select count(*) from sessions.log where kind = 1),
            (select count(*) from sessions.sessions s
             left join (select session, count(*) as records, min(seq) as lowest, max(seq) as highest from sessions.log group by session) l
                 on l.session = s.id
             where l.records is distinct from s.last_seq or l.lowest <> 1 or l.highest <> s.last_seq)
        """;

    /// <summary>Checks it.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="runs">How many runs were acknowledged as completed, all in all.</param>
    /// <param name="decisions">How many decisions were acknowledged.</param>
    /// <param name="deltas">How many deltas were acknowledged.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task<IReadOnlyList<string>> RunAsync(
        string connectionString, long runs, long decisions, long deltas, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Counts, connection) { CommandTimeout = 300 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var faults = new List<string>();
        Expect(0, runs, "runs are stored");
        Expect(1, runs, "runs are completed");
        Expect(2, runs, "ends stand in the log");
        Expect(3, runs, "runs have a completion in the log");
        Expect(4, decisions, "decisions made the sessions' versions");
        Expect(5, deltas, "deltas stand in the log");
        Expect(6, 0, "sessions have a log with gaps, or of another length than they say");
        return faults;

        void Expect(int column, long expected, string what)
        {
            var seen = reader.GetInt64(column);
            if (seen != expected)
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{seen} {what}, {expected} were acknowledged"));
        }
    }
}
