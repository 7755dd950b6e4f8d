using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orleans.Streams;
using Sessions.Core;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans.Tests;

/// <summary>
/// A frontend service that has an Orleans client and the abstractions, and nothing else: it asks sessions' grains, and takes
/// what happens from streams.
/// </summary>
internal sealed class SampleFrontend(IClusterClient cluster)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly string _follower = Guid.NewGuid().ToString("n");

    private IStreamProvider Streams => cluster.GetStreamProvider(SessionStreams.Provider);

    public ISessionGrain Session(SessionKey key) => cluster.GetGrain<ISessionGrain>(key.ToString());

    public ITenantGrain Tenant(TenantId tenant) => cluster.GetGrain<ITenantGrain>(tenant.Value);

    /// <summary>A session's records behind a seq, in order, once, without end.</summary>
    public async IAsyncEnumerable<LogRecord> FollowAsync(SessionKey key, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var live = Channel.CreateBounded<SessionEvents>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
        var subscription = await Streams.GetStream<SessionEvents>(SessionStreams.EventsFor(_follower))
            .SubscribeAsync((events, _) => events.Key == key ? live.Writer.WriteAsync(events, cancellationToken).AsTask() : Task.CompletedTask);
        try
        {
            for (var behind = true; ; behind = true)
            {
                await Session(key).FollowAsync(_follower);
                while (behind && (await Session(key).ReadLogAsync(after, 128)).Value is { Records: { Length: > 0 } page })
                {
                    foreach (var record in page)
                        yield return record;

                    after = page[^1].Seq;
                }

                // Until there is a gap or silence: then the log says what was missed.
                for (behind = false; !behind;)
                {
                    using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    silence.CancelAfter(Silence);
                    behind = !await live.Reader.WaitToReadAsync(silence.Token).AsTask().ContinueWith(read => read.IsCompletedSuccessfully, TaskScheduler.Default);
                    cancellationToken.ThrowIfCancellationRequested();
                    while (!behind && live.Reader.TryRead(out var events))
                    {
                        behind = events.Records[0].Seq > after + 1;
                        foreach (var record in behind ? [] : events.Records.SkipWhile(record => record.Seq <= after))
                            yield return record;

                        after = behind ? after : Math.Max(after, events.Records[^1].Seq);
                    }
                }
            }
        }
        finally
        {
            await subscription.UnsubscribeAsync();
        }
    }

    /// <summary>Tells of the tenant's sessions that change.</summary>
    public Task WatchAsync(TenantId tenant, Func<SessionId, Task> changed) =>
        Streams.GetStream<SessionsChanged>(SessionStreams.ChangesOf(tenant)).SubscribeAsync(async (changes, _) =>
        {
            foreach (var item in changes.Items)
                await changed(item.Session);
        });
}
