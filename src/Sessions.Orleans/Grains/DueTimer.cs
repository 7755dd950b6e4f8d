using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>
/// Ends what falls due in an active session when it does, by the store's clock: a lease or a deadline. It keeps the session
/// active until then. The sweeper of every silo is there for sessions whose grain is gone (invariants 2 and 24).
/// </summary>
internal sealed class DueTimer(IGrainBase grain, ISessionStore store, SessionKey key, Func<Task> expireAsync, Action<TimeSpan> keepActive)
{
    /// <summary>Timers may fire a little early, and the store's clock is another one.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private IGrainTimer? _timer;
    private DateTimeOffset? _due;

    /// <summary>Waits for the next thing that falls due; null when nothing will.</summary>
    public void Await(DateTimeOffset? due, DateTimeOffset now)
    {
        if (due == _due)
            return;

        _due = due;
        _timer?.Dispose();
        _timer = null;
        if (due is not { } at)
            return;

        var wait = TimeSpan.FromTicks(Math.Clamp((at - now + Slack).Ticks, Slack.Ticks, Longest.Ticks));
        _timer = grain.RegisterGrainTimer(FireAsync, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        keepActive(wait + TimeSpan.FromSeconds(1));
    }

    /// <summary>Output and heartbeats have extended the lease meanwhile, or it is due now.</summary>
    private async Task FireAsync()
    {
        _due = null;
        try
        {
            var loaded = await store.LoadAsync(key, null, null, CancellationToken.None);
            if (loaded.State.NextDue() is { } next && next <= loaded.Now)
                await expireAsync();
            else
                Await(loaded.State.NextDue(), loaded.Now);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or SessionsUnavailableException)
        {
            // The sweeper ends it once the store is back.
        }
    }
}
