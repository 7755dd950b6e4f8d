using System.Runtime.CompilerServices;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>Lists, page after page, each fetched when it is reached.</summary>
internal static class Pages
{
    public static async IAsyncEnumerable<SessionResource> SessionsAsync(
        Transport transport, SessionFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var call = new Call(HttpMethod.Get, filter.ToPath(cursor));
            var page = await transport.CallAsync(call, ProtocolJson.Default.SessionPage, cancellationToken);
            foreach (var session in page.Items)
            {
                yield return session;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    public static async IAsyncEnumerable<RunResource> RunsAsync(
        Transport transport, string sessionId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var call = new Call(HttpMethod.Get, Paths.Of(sessionId, $"runs{Paths.Query(("cursor", cursor))}"), sessionId);
            var page = await transport.CallAsync(call, ProtocolJson.Default.RunPage, cancellationToken);
            foreach (var run in page.Items)
            {
                yield return run;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    /// <summary>Ends at the first empty page: a page of messages does not say whether it is the last.</summary>
    public static async IAsyncEnumerable<MessageResource> MessagesAsync(
        Transport transport, string sessionId, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var path = Paths.Of(sessionId, $"messages{Paths.Query(("after", Paths.Text(after)))}");
            var call = new Call(HttpMethod.Get, path, sessionId);
            var page = await transport.CallAsync(call, ProtocolJson.Default.MessageList, cancellationToken);
            if (page.Items.Count == 0)
            {
                yield break;
            }

            foreach (var message in page.Items)
            {
                after = Math.Max(after, message.Seq);
                yield return message;
            }
        }
    }
}
