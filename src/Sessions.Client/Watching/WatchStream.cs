using System.Runtime.CompilerServices;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>
/// The sessions of the tenant as they change. A watch has no cursor: after a cut it takes a snapshot of everything,
/// passes on what is news, and asks after the sessions that the snapshot left out (invariant 34).
/// </summary>
internal static class WatchStream
{
    public static async IAsyncEnumerable<WatchItem> ReadAsync(
        Transport transport, WatchSnapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ledger = new WatchLedger();
        var outage = new Outage(transport.Options);
        var isFresh = true;
        while (true)
        {
            var call = new Call(HttpMethod.Get, Paths.Watch(Name(isFresh ? snapshot : WatchSnapshot.All)));
            var hasTold = false;
            ledger.BeginRound();
            SessionsStreamException fault;
            await using (var connection = await SseConnection.OpenAsync(transport, call, outage, cancellationToken))
            {
                while (await connection.NextAsync(cancellationToken) is { } frame)
                {
                    if (frame.Event == EventTypes.Session)
                    {
                        if (frame.Read(ProtocolJson.Default.SessionResource) is not { } session)
                        {
                            connection.Break("Malformed frame session.");
                            break;
                        }

                        if (ledger.Take(session) is { } news)
                        {
                            outage.Over();
                            hasTold = true;
                            yield return news;
                        }
                    }
                    else if (frame.Event == EventTypes.Synchronized)
                    {
                        foreach (var id in isFresh ? [] : ledger.Missing())
                        {
                            if (await LookAsync(transport, ledger, id, cancellationToken) is { } news)
                            {
                                yield return news;
                            }
                        }

                        hasTold = true;
                        yield return new WatchSynchronizedItem();
                    }
                }

                if (connection.Stood)
                {
                    outage.Over();
                }

                fault = new SessionsStreamException(
                    connection.Cut, lastSeq: null, sessionId: null, runId: null, connection.Fault);
            }

            isFresh &= !hasTold;
            await outage.PauseAsync(fault, retryAfter: null, cancellationToken);
        }
    }

    private static string Name(WatchSnapshot snapshot) => snapshot switch
    {
        WatchSnapshot.Active => "active",
        WatchSnapshot.All => "all",
        WatchSnapshot.None => "none",
        _ => throw new ArgumentOutOfRangeException(nameof(snapshot), snapshot, null),
    };

    private static async Task<WatchItem?> LookAsync(
        Transport transport, WatchLedger ledger, string id, CancellationToken cancellationToken)
    {
        try
        {
            return ledger.Take(await new SessionHandle(transport, id).GetAsync(cancellationToken));
        }
        catch (SessionsException e) when (e.Code is ProblemCodes.SessionDeleted or ProblemCodes.SessionNotFound)
        {
            return ledger.Delete(id, null);
        }
    }
}
