using Sessions.Client;
using Sessions.Protocol;
using Spectre.Console;

namespace Sessions.Cli;

/// <summary><c>sessions list --watch</c>: a table that changes for a person, a line for each change for a pipe.</summary>
internal sealed class SessionWatch(Terminal terminal, SessionsClient client, SessionFilter filter, bool isJson)
{
    private readonly Dictionary<string, SessionResource> _shown = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var console = terminal.Tables();
        try
        {
            if (isJson || !console.Profile.Capabilities.Ansi)
            {
                await WriteChangesAsync(cancellationToken);
            }
            else
            {
                await console.Live(SessionTable.Of(terminal, [])).StartAsync(live => DrawAsync(live, cancellationToken));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how a watch ends.
        }

        return ExitCodes.Completed;
    }

    private IAsyncEnumerable<WatchItem> WatchAsync(CancellationToken cancellationToken) =>
        client.Watch(filter.Active == true ? WatchSnapshot.Active : WatchSnapshot.All, cancellationToken);

    private async Task DrawAsync(LiveDisplayContext live, CancellationToken cancellationToken)
    {
        var isSynchronized = false;
        await foreach (var item in WatchAsync(cancellationToken))
        {
            Take(item);
            isSynchronized |= item is WatchSynchronizedItem;
            if (isSynchronized)
            {
                var sessions = _shown.Values.OrderByDescending(session => session.UpdatedAt).ThenBy(session => session.Id);
                live.UpdateTarget(SessionTable.Of(terminal, [.. sessions]));
                live.Refresh();
            }
        }
    }

    private async Task WriteChangesAsync(CancellationToken cancellationToken)
    {
        await foreach (var item in WatchAsync(cancellationToken))
        {
            if (Take(item) is { } changed)
            {
                Write(changed);
            }
        }
    }

    /// <summary>The new state of a session that is shown, or was until now; else null.</summary>
    private SessionResource? Take(WatchItem item)
    {
        switch (item)
        {
            case SessionItem { Session: var session } when Matches(session):
                return _shown[session.Id] = session;
            case SessionItem { Session: var session }:
                return _shown.Remove(session.Id) ? session : null;
            case SessionDeletedItem { SessionId: var id, Tombstone: var tombstone }:
                return _shown.Remove(id, out var last) ? (tombstone ?? last) with { Deleted = true } : null;
            default:
                return null;
        }
    }

    private bool Matches(SessionResource session) =>
        (filter.Active is null || filter.Active == session.HasActiveRun)
        && (filter.Status is null || filter.Status == session.Status)
        && (filter.Agent is null || filter.Agent == session.Agent);

    private void Write(SessionResource session)
    {
        if (isJson)
        {
            terminal.Out.WriteJson(session, ProtocolJson.Default.SessionResource);
        }
        else
        {
            var status = session.Deleted ? "deleted" : session.Status;
            var line = $"{session.UpdatedAt:yyyy-MM-ddTHH:mm:ss.fffZ} {session.Id} {status} {session.Agent} " +
                $"{session.ActiveRunId ?? "-"} {session.Title}";
            terminal.Out.WriteLine(Printable.Line(line).TrimEnd());
        }
    }
}
