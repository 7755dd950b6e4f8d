using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>Sends what is in the outbox, as much at a time as has gathered there.</summary>
/// <param name="streams">The streams.</param>
/// <param name="outbox">Where it gathers.</param>
/// <param name="replica">Who sends.</param>
/// <param name="pace">The clock that the streams go by.</param>
/// <param name="logger">Logs.</param>
internal sealed class StreamSender(IStreamProvider streams, Outbox outbox, Guid replica, TimeProvider pace, ILogger logger)
{
    internal const string NewsNamespace = "session-news";

    /// <summary>What the processes of a cluster tell each other.</summary>
    internal static readonly StreamId News = StreamId.Create(NewsNamespace, "all");

    /// <summary>
    /// Under load, how long more gathers before it goes out: shorter than the streams take to look, and long enough that what
    /// a message costs is shared by many commits. The first after a silence goes at once.
    /// </summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var parcel = await outbox.TakeAsync(stopping).ConfigureAwait(false);
                await Task.WhenAll(Sending(parcel)).WaitAsync(stopping).ConfigureAwait(false);
                await Task.Delay(Pause, pace, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.SendingFailed(exception);
            }
        }
    }

    private IEnumerable<Task> Sending(Outbox.Parcel parcel)
    {
        foreach (var (follower, events) in parcel.Events)
            yield return streams.GetStream<SessionEvents>(SessionStreams.EventsFor(follower)).OnNextBatchAsync(events);

        if (parcel.HasNews)
            yield return streams.GetStream<ReplicaNews>(News).OnNextAsync(parcel.News(replica));
    }
}
