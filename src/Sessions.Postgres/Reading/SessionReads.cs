using Npgsql;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Reads about many sessions.</summary>
internal sealed class SessionReads(ReadRetry database)
{
    public async ValueTask<SessionList?> ListAsync(SessionQuery query, CancellationToken cancellationToken)
    {
        var cursor = ListCursor.Start;
        if (query.Cursor is { } given && !ListCursor.TryParse(given, out cursor))
            return null;

        var rows = await database.ListAsync(
            StatementFor(query),
            parameters => parameters.Text(query.Tenant.Value).Time(cursor.ChangedAt).Text(cursor.Session)
                .Small((short?)query.Status).Flag(query.Active).Text(query.Agent?.Value).Number(query.Limit + 1L),
            reader => (ChangedAt: reader.GetFieldValue<DateTimeOffset>(1), Session: Snapshot(query.Tenant, reader, 2)),
            cancellationToken).ConfigureAwait(false);
        if (rows.Count <= query.Limit)
            return new SessionList(rows.ConvertAll(row => row.Session), null);

        rows.RemoveAt(rows.Count - 1);
        var (changedAt, session) = rows[^1];
        return new SessionList(rows.ConvertAll(row => row.Session), new ListCursor(changedAt, session.Key.Session.Value).ToString());
    }

    public async ValueTask<IReadOnlyList<SessionSnapshot>> NamedAsync(
        TenantId tenant, IReadOnlyCollection<SessionId> sessions, CancellationToken cancellationToken) =>
        await database.ListAsync(
            "read_sessions",
            parameters => parameters.Text(tenant.Value).Texts([.. sessions.Select(id => id.Value)]),
            reader => Snapshot(tenant, reader, 1),
            cancellationToken).ConfigureAwait(false);

    public async ValueTask<ChangedSessions> ChangedAsync(
        TenantId tenant, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var now = default(DateTimeOffset);
        var latest = since < ListCursor.Start.ChangedAt ? since : ListCursor.Start.ChangedAt;
        var rows = await database.ListAsync(
            "read_changed",
            parameters => parameters.Text(tenant.Value).Time(latest),
            reader =>
            {
                if (!reader.IsDBNull(0))
                    return reader.GetString(0);

                now = reader.GetFieldValue<DateTimeOffset>(1);
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        return new ChangedSessions([.. rows.OfType<string>().Select(id => new SessionId(id))], now);
    }

    public async ValueTask<IReadOnlyList<KeyValuePair<SessionKey, long>>> LastSeqsAsync(
        IReadOnlyCollection<SessionKey> sessions, CancellationToken cancellationToken) =>
        await database.ListAsync(
            "read_last_seqs",
            parameters => parameters.Texts([.. sessions.Select(key => key.Tenant.Value)])
                .Texts([.. sessions.Select(key => key.Session.Value)]),
            reader => KeyValuePair.Create(
                new SessionKey(new(reader.GetString(0)), new(reader.GetString(1))), reader.GetInt64(2)),
            cancellationToken).ConfigureAwait(false);

    /// <summary>Where few sessions match, an index holds just those.</summary>
    private static string StatementFor(SessionQuery query) => query switch
    {
        { Active: true } or { Status: SessionStatus.Queued or SessionStatus.Running } => "list_active_sessions",
        { Status: SessionStatus.Error or SessionStatus.Stopped } => "list_failed_sessions",
        _ => "list_sessions",
    };

    private static SessionSnapshot Snapshot(TenantId tenant, NpgsqlDataReader reader, int from)
    {
        var row = new RowReader(reader, from);
        return SessionRow.Read(new SessionKey(tenant, new(reader.GetString(0))), ref row)!.Snapshot();
    }
}
