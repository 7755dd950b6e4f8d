using System.Runtime.CompilerServices;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>
/// A session's events, whole or of one run, over as many connections as it takes: each resumes behind the last event
/// delivered, on any replica (invariant 30).
/// </summary>
internal static class EventStream
{
    public static async IAsyncEnumerable<StreamItem> ReadAsync(
        Transport transport, string sessionId, string? runId, long after,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = new EventCursor(sessionId, after, gapless: runId is null);
        var outage = new Outage(transport.Options);
        while (true)
        {
            var call = new Call(HttpMethod.Get, Paths.Events(sessionId, cursor.Seq, runId), sessionId, runId);
            SessionsStreamException fault;
            await using (var connection = await SseConnection.OpenAsync(transport, call, outage, cancellationToken))
            {
                while (await connection.NextAsync(cancellationToken) is { } frame)
                {
                    var step = cursor.Take(frame);
                    if (step is EventStep.Deliver { Item: var item })
                    {
                        if (item is EventItem)
                        {
                            outage.Over();
                        }

                        yield return item;
                        if (item is EventItem { Event.Type: EventTypes.SessionDeleted })
                        {
                            // The last record of a session; what becomes of the connection after it does not matter.
                            yield break;
                        }
                    }
                    else if (step is EventStep.End)
                    {
                        yield break;
                    }
                    else if (step is EventStep.Break { Why: var why })
                    {
                        connection.Break(why);
                        break;
                    }
                }

                if (connection.Stood)
                {
                    outage.Over();
                }

                fault = new SessionsStreamException(connection.Cut, cursor.Seq, sessionId, runId, connection.Fault);
            }

            await outage.PauseAsync(fault, retryAfter: null, cancellationToken);
        }
    }
}
