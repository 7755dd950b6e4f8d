using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

internal static class EventEndpoints
{
    private static readonly byte[] RunEnded =
        SseFrames.Frame(EventTypes.End, new EndResource(EndReasons.RunEnded), ProtocolJson.Wire.EndResource);

    private static readonly byte[] SessionEnded =
        SseFrames.Frame(EventTypes.End, new EndResource(EndReasons.SessionDeleted), ProtocolJson.Wire.EndResource);

    public static void MapEventEndpoints(this IEndpointRouteBuilder v1)
    {
        v1.MapGet("/sessions/{sid}/events", Events).GivesEvents().Refuses(404, 409, 410)
            .WithSummary("Follow a session, or one run of it, from behind a seq");
        v1.MapGet("/sessions/watch", Watch).GivesEvents().WithSummary("Watch all sessions");
    }

    /// <summary>Sends a subscription's events until the run, or the session, has ended.</summary>
    public static async Task FollowAsync(HttpContext context, SseStreams streams, ISessionSubscription subscription)
    {
        using var _ = subscription;
        var stream = await SseStream.OpenAsync(context, streams, subscription.Wake).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            Func<CancellationToken, ValueTask<SubscriptionItem?>> read = subscription.ReadAsync;
            while (true)
            {
                var item = await stream.NextAsync(read).ConfigureAwait(false);
                var over = false;
                if (item is SubscriptionItem.Records records)
                {
                    over = await WriteAsync(stream, records.Commit, subscription.Run).ConfigureAwait(false);
                }
                else if (item is SubscriptionItem.Synchronized synchronized)
                {
                    await stream.WriteAsync(SseFrames.Frame(
                        EventTypes.Synchronized, new SynchronizedResource(synchronized.LastSeq), ProtocolJson.Wire.SynchronizedResource))
                        .ConfigureAwait(false);
                    over = subscription.IsOver;
                }

                if (over)
                {
                    await stream.EndAsync(subscription.Run is null ? SessionEnded : RunEnded).ConfigureAwait(false);
                    return;
                }
            }
        }
    }

    private static async Task Events(
        HttpContext context, ISessions sessions, SseStreams streams, string sid, string? after, string? runId,
        [FromHeader(Name = Query.LastEventId)] string? lastEventId)
    {
        var subscription = (await sessions.SubscribeAsync(
            Fields.Session(sid),
            Query.After(after, lastEventId),
            runId is null ? null : Fields.Run(runId, "runId"),
            context.RequestAborted).ConfigureAwait(false)).OrProblem();
        await FollowAsync(context, streams, subscription).ConfigureAwait(false);
    }

    private static async Task Watch(HttpContext context, ISessions sessions, SseStreams streams, string? snapshot)
    {
        using var watch = sessions.Watch(Fields.Tenant, Words.Snapshot(snapshot));
        var stream = await SseStream.OpenAsync(context, streams, watch.Wake).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            Func<CancellationToken, ValueTask<WatchItem?>> read = watch.ReadAsync;
            while (true)
            {
                switch (await stream.NextAsync(read).ConfigureAwait(false))
                {
                    case WatchItem.Sessions changed:
                        foreach (var session in changed.Items)
                        {
                            await stream.WriteAsync(
                                SseFrames.Frame(EventTypes.Session, session.ToResource(), ProtocolJson.Wire.SessionResource))
                                .ConfigureAwait(false);
                        }

                        break;
                    case WatchItem.Synchronized:
                        await stream.WriteAsync(SseFrames.Frame(
                            EventTypes.Synchronized, new SynchronizedResource(null), ProtocolJson.Wire.SynchronizedResource))
                            .ConfigureAwait(false);
                        break;
                }
            }
        }
    }

    /// <summary>Writes what concerns the reader; true when it was the last there will be.</summary>
    private static async ValueTask<bool> WriteAsync(SseStream stream, Commit commit, RunId? run)
    {
        var rendered = commit.Render(SseFrames.Render);
        if (run is null)
        {
            await stream.WriteAsync(rendered.All).ConfigureAwait(false);
            return commit.Records[^1].Event is SessionDeleted;
        }

        for (var at = 0; at < commit.Records.Length; at++)
        {
            if (commit.Records[at].Event is not RunEvent about || about.RunId != run)
                continue;

            await stream.WriteAsync(rendered.Of(at)).ConfigureAwait(false);
            if (about is Core.RunEnded)
                return true;
        }

        return false;
    }
}
