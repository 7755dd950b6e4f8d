using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Streams;
using Orleans.Streams.PubSub;
using Sessions.Core;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>
/// Tells the watchers of a tenant which of its sessions have changed. Changes gather, coalesced per session, while the last
/// of them are on their way; where nobody has subscribed, all that has gathered costs one question to the cluster.
/// </summary>
internal sealed class TenantChanges(IStreamProvider streams, TimeProvider pace, ILogger logger, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<TenantId, Gathered> _tenants = new();

    public void Add(SessionKey key, long lastSeq)
    {
        while (true)
        {
            var gathered = _tenants.GetOrAdd(key.Tenant, static _ => new Gathered());
            if (gathered.Add(key.Session, lastSeq) is not { } isFirst)
            {
                _tenants.TryRemove(KeyValuePair.Create(key.Tenant, gathered));
                continue;
            }

            if (isFirst)
                _ = Task.Run(() => SendAsync(key.Tenant, gathered), CancellationToken.None);

            return;
        }
    }

    private async Task SendAsync(TenantId tenant, Gathered gathered)
    {
        while (gathered.Take() is { } sessions && !stopping.IsCancellationRequested)
        {
            try
            {
                if (await IsWatchedAsync(tenant).WaitAsync(stopping).ConfigureAwait(false))
                {
                    var changed = new SessionsChanged([.. sessions.Select(entry => new SessionChanged(entry.Key, entry.Value))]);
                    await streams.GetStream<SessionsChanged>(SessionStreams.ChangesOf(tenant)).OnNextAsync(changed).WaitAsync(stopping).ConfigureAwait(false);
                }

                await Task.Delay(StreamSender.Pause, pace, stopping).ConfigureAwait(false);
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

        _tenants.TryRemove(KeyValuePair.Create(tenant, gathered));
    }

    private async Task<bool> IsWatchedAsync(TenantId tenant) =>
        !streams.TryGetStreamSubscriptionManager(out var subscriptions)
        || (await subscriptions.GetSubscriptions(SessionStreams.Provider, SessionStreams.ChangesOf(tenant)).ConfigureAwait(false)).Any();

    /// <summary>What has gathered for a tenant; good until it is found empty.</summary>
    private sealed class Gathered
    {
        private readonly Lock _gate = new();
        private Dictionary<SessionId, long>? _sessions = [];
        private bool _isSending;

        /// <summary>Null when it is over; true for whoever has to begin with the sending.</summary>
        public bool? Add(SessionId session, long lastSeq)
        {
            lock (_gate)
            {
                if (_sessions is null)
                    return null;

                if (_sessions.Count < Outbox.Capacity || _sessions.ContainsKey(session))
                    _sessions[session] = lastSeq;

                var isFirst = !_isSending;
                _isSending = true;
                return isFirst;
            }
        }

        /// <summary>All of it; null when there is nothing, and then it is over.</summary>
        public Dictionary<SessionId, long>? Take()
        {
            lock (_gate)
            {
                var taken = _sessions;
                _sessions = taken is { Count: > 0 } ? [] : null;
                return _sessions is null ? null : taken;
            }
        }
    }
}
