using Orleans.Streams;
using Sessions.Core;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans.Tests;

/// <summary>A frontend service that has an Orleans client and the abstractions, and nothing else.</summary>
internal sealed class SampleFrontend(IClusterClient cluster)
{
    private readonly SessionFollower _follower = new(cluster, TimeProvider.System);

    public ISessionGrain Session(SessionKey key) => cluster.GetGrain<ISessionGrain>(key.ToString());

    public ITenantGrain Tenant(TenantId tenant) => cluster.GetGrain<ITenantGrain>(tenant.Value);

    /// <summary>Says something in a session, and tells of the answer as it comes.</summary>
    /// <returns>How the run ended.</returns>
    public async Task<RunStatus> ChatAsync(SessionKey key, string text, Action<string> answered, CancellationToken cancellationToken)
    {
        var sent = await Session(key).SendAsync(new SendRequest(text));
        if (sent.Refusal is { } refusal)
            throw new InvalidOperationException(refusal.Message);

        var run = sent.Value!.Run!;
        await foreach (var record in _follower.FollowAsync(key, run.QueuedSeq, cancellationToken))
        {
            if (record.Event is RunDelta delta && delta.RunId == run.Id)
                answered(delta.Text);
            else if (record.Event is RunEnded ended && ended.RunId == run.Id)
                return ended.Run.Status;
        }

        throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>A session's records behind a seq, in order, once, without end.</summary>
    public IAsyncEnumerable<LogRecord> FollowAsync(SessionKey key, long after, CancellationToken cancellationToken) =>
        _follower.FollowAsync(key, after, cancellationToken);

    /// <summary>Tells of the tenant's sessions that change.</summary>
    public Task WatchAsync(TenantId tenant, Func<SessionId, Task> changed) =>
        cluster.GetStreamProvider(SessionStreams.Provider).GetStream<SessionsChanged>(SessionStreams.ChangesOf(tenant)).SubscribeAsync(
            async (changes, _) =>
            {
                foreach (var item in changes.Items)
                    await changed(item.Session);
            });
}
