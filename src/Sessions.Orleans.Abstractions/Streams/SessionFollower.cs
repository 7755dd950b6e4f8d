using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orleans.Streams;
using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>
/// Follows sessions from a service that has a client of the cluster: by the service's stream while it is told everything, by
/// the log where it is not (invariants 30 and 31). One for all that the service follows.
/// </summary>
/// <param name="cluster">The client; it needs the stream provider <see cref="SessionStreams.Provider"/>.</param>
/// <param name="time">Measures silence.</param>
public sealed class SessionFollower(IClusterClient cluster, TimeProvider time)
{
    private const int Page = 128;

    /// <summary>What a slow reader leaves is dropped, oldest first, and read from the log.</summary>
    private const int Buffered = 256;

    /// <summary>After so long without an event the log is looked at, and the lease renewed.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly string _name = Guid.NewGuid().ToString("n");

    /// <summary>A session's records behind a seq, in order, each once, without end; 0 means from the beginning.</summary>
    /// <exception cref="SessionsUnavailableException">The store can't be reached; go on from the last seq.</exception>
    /// <exception cref="TimeoutException">The session's owner can't be reached; go on from the last seq.</exception>
    public async IAsyncEnumerable<LogRecord> FollowAsync(
        SessionKey key, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var session = cluster.GetGrain<ISessionGrain>(key.ToString());
        var live = Channel.CreateBounded<SessionEvents>(new BoundedChannelOptions(Buffered) { FullMode = BoundedChannelFullMode.DropOldest });
        var subscription = await cluster.GetStreamProvider(SessionStreams.Provider)
            .GetStream<SessionEvents>(SessionStreams.EventsFor(_name))
            .SubscribeAsync((events, _) => events.Key == key ? live.Writer.WriteAsync(events, CancellationToken.None).AsTask() : Task.CompletedTask)
            .ConfigureAwait(false);
        try
        {
            while (true)
            {
                await session.FollowAsync(_name).WaitAsync(cancellationToken).ConfigureAwait(false);
                while (await ReadAsync(session, after, cancellationToken).ConfigureAwait(false) is { Length: > 0 } page)
                {
                    foreach (var record in page)
                        yield return record;

                    after = page[^1].Seq;
                }

                // Until there is a gap, or silence.
                while (await NextAsync(live.Reader, cancellationToken).ConfigureAwait(false) is { } events && events[0].Seq <= after + 1)
                {
                    foreach (var record in events.Where(record => record.Seq > after))
                        yield return record;

                    after = Math.Max(after, events[^1].Seq);
                }
            }
        }
        finally
        {
            await subscription.UnsubscribeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<LogRecord[]?> ReadAsync(ISessionGrain session, long after, CancellationToken cancellationToken) =>
        (await session.ReadLogAsync(after, Page).WaitAsync(cancellationToken).ConfigureAwait(false)).Value?.Records.ToArray();

    /// <summary>Null after a silence.</summary>
    private async Task<LogRecord[]?> NextAsync(ChannelReader<SessionEvents> live, CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            return [.. (await live.ReadAsync(either.Token).ConfigureAwait(false)).Records];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
