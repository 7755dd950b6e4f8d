using System.Runtime.ExceptionServices;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>Starts ready runs for workers, waiting for one where there is none.</summary>
internal sealed class RunClaims(
    ISessionStore store, SessionHandler handler, RunDispatcher dispatcher, EngineOptions options, TimeProvider time, Random jitter)
{
    public async ValueTask<IReadOnlyList<ClaimedRun>> ClaimAsync(Claim claim, CancellationToken cancellationToken)
    {
        var start = new StartRun(claim.Worker, claim.Agents, options.LeaseTtl);
        cancellationToken.ThrowIfCancellationRequested();
        var claims = await TakeAsync(claim, start).ConfigureAwait(false);
        if (claims.Count > 0 || claim.Wait <= TimeSpan.Zero)
            return claims;

        var until = time.GetTimestamp() + (long)(claim.Wait.TotalSeconds * time.TimestampFrequency);
        while (true)
        {
            using var waiter = dispatcher.Enter(claim.Tenant, claim.Agents);
            claims = await TakeAsync(claim, start).ConfigureAwait(false);
            var left = time.GetElapsedTime(time.GetTimestamp(), until);
            if (claims.Count > 0 || left <= TimeSpan.Zero)
                return claims;

            await WaitAsync(waiter, left, cancellationToken).ConfigureAwait(false);
            waiter.Looked = true;
        }
    }

    /// <summary>
    /// Starts what is ready. Only waiting can be cancelled: a start that is under way when its caller leaves would commit
    /// without anybody holding the lease.
    /// </summary>
    private async ValueTask<List<ClaimedRun>> TakeAsync(Claim claim, StartRun start)
    {
        var claims = new List<ClaimedRun>();
        while (claims.Count < claim.Max)
        {
            var ready = await store.FindReadyAsync(claim.Tenant, claim.Agents, claim.Max - claims.Count, CancellationToken.None)
                .ConfigureAwait(false);

            // Together, not one after the other: a durable store commits them in one batch.
            var starting = new List<Task<Handled>>(ready.Count);
            foreach (var key in ready)
                starting.Add(handler.HandleAsync(key, start, CancellationToken.None).AsTask());

            if (!await CollectAsync(starting, claims).ConfigureAwait(false))
                break;
        }

        return claims;
    }

    /// <summary>Adds what was started. A fault must not lose what is held: the caller gets that, and the fault the next time.</summary>
    /// <returns>True when something was started, or ended as it could not be; there may be more then.</returns>
    private async ValueTask<bool> CollectAsync(List<Task<Handled>> starting, List<ClaimedRun> claims)
    {
        var changed = false;
        StoreUnavailableException? fault = null;
        foreach (var task in starting)
        {
            try
            {
                var handled = await task.ConfigureAwait(false);
                changed |= handled.Refusal is null;
                if (handled is { Outcome: StartOutcome { Run: { } run }, State: { Lease: { } lease } state })
                {
                    claims.Add(new ClaimedRun(
                        state.Key, run, SessionSnapshot.Of(state), new HeldLease(lease.Epoch, options.LeaseTtl, lease.ExpiresAt)));
                }
            }
            catch (StoreUnavailableException exception)
            {
                fault = exception;
            }
        }

        if (fault is null)
            return changed;

        if (claims.Count == 0)
            ExceptionDispatchInfo.Throw(fault);

        return false;
    }

    /// <summary>Waits to be woken, but no longer than the poll that repairs lost wake-ups.</summary>
    private async ValueTask WaitAsync(RunDispatcher.Waiter waiter, TimeSpan left, CancellationToken cancellationToken)
    {
        var poll = options.RepairInterval * (0.75 + (jitter.NextDouble() / 2));
        var timer = time.CreateTimer(
            static signal => ((Signal)signal!).Set(), waiter.Signal, left < poll ? left : poll, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
            await waiter.Signal.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
