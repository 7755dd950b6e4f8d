using Orleans.Streams;

namespace Sessions.Orleans;

/// <summary>
/// A subscription that is made again when the cluster has forgotten it: what streams know of their subscribers may be lost
/// with a silo. One caller at a time.
/// </summary>
internal sealed class LastingSubscription<T>(IStreamProvider provider, StreamId id, Func<T, Task> heard)
{
    private StreamSubscriptionHandle<T>? _handle;

    /// <summary>Subscribes, unless the cluster still knows it.</summary>
    /// <returns>True when it was made anew, so that something may have been missed.</returns>
    public async Task<bool> KeepAsync()
    {
        // Not before: the provider is no sooner ready than its silo or client is.
        var stream = provider.GetStream<T>(id);
        if (_handle is { } handle)
        {
            var known = await stream.GetAllSubscriptionHandles().ConfigureAwait(false);
            if (known.Any(other => other.HandleId == handle.HandleId))
                return false;
        }

        _handle = await stream.SubscribeAsync((item, _) => heard(item)).ConfigureAwait(false);
        return true;
    }

    public async Task EndAsync()
    {
        if (_handle is not { } handle)
            return;

        _handle = null;
        await handle.UnsubscribeAsync().ConfigureAwait(false);
    }
}
