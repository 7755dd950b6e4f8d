using Npgsql;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Postgres;

/// <summary>Puts together the rows of one asker.</summary>
internal sealed class LoadedRows(LoadRequest request)
{
    private readonly Dictionary<string, Run> _runs = new(StringComparer.Ordinal);
    private SessionRow? _session;
    private KeyEntry? _entry;
    private DateTimeOffset _now;
    private bool _any;

    public void Add(NpgsqlDataReader reader)
    {
        var row = new RowReader(reader, 1);
        var now = row.Value<DateTimeOffset>();
        if (!_any)
        {
            _any = true;
            _now = now;
            _session = SessionRow.Read(request.Key, ref row);
            if (_session is not null)
                _entry = ReadEntry(new RowReader(reader, KeyAt));
        }

        row = new RowReader(reader, RunAt);
        if (RunRow.Read(ref row) is { } run)
            _runs[run.Id.Value] = run;
    }

    public LoadedSession Result()
    {
        if (_session is null)
            return new(SessionState.None(request.Key), Facts.None, _now);

        var state = _session.With(_runs);
        var keyRun = _entry is KeyOfRun { Run: var made } ? Find(state, made) : null;
        var namedRun = request.Run is { } named ? Find(state, named) : null;
        return new(state, _entry is null && namedRun is null ? Facts.None : new Facts(_entry, keyRun, namedRun), _now);
    }

    private static int KeyAt => 2 + SessionRow.Columns.Length;

    private static int RunAt => KeyAt + 4;

    private Run? Find(SessionState state, RunId run) => state.Find(run) ?? _runs.GetValueOrDefault(run.Value);

    private KeyEntry? ReadEntry(RowReader row)
    {
        if (row.Id() is null)
            return null;

        var key = request.IdempotencyKey!;
        var (run, fingerprint, reason) = (row.Id(), row.Text(), row.Struct<short>());
        return run is not null ? new KeyOfRun(key, new(run), fingerprint!) : new PendingAbort(key, (AbortReason)reason!.Value);
    }
}
