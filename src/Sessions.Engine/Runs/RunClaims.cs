using Sessions.Core;

namespace Sessions.Engine;

/// <summary>Starts ready runs for workers, waiting for one where there is none.</summary>
internal sealed class RunClaims(
    ISessionStore store, SessionHandler handler, RunDispatcher dispatcher, EngineOptions options, TimeProvider time, Random jitter)
{
    public async ValueTask<IReadOnlyList<ClaimedRun>> ClaimAsync(Claim claim, CancellationToken cancellationToken)
    {
        var start = new StartRun(claim.Worker, claim.Agents, options.LeaseTtl);
        var claims = await TakeAsync(claim, start, cancellationToken).ConfigureAwait(false);
        if (claims.Count > 0 || claim.Wait <= TimeSpan.Zero)
            return claims;

        var until = time.GetTimestamp() + (long)(claim.Wait.TotalSeconds * time.TimestampFrequency);
        while (true)
        {
            using var waiter = dispatcher.Enter(claim.Tenant, claim.Agents);
            claims = await TakeAsync(claim, start, cancellationToken).ConfigureAwait(false);
            var left = time.GetElapsedTime(time.GetTimestamp(), until);
            if (claims.Count > 0 || left <= TimeSpan.Zero)
                return claims;

            await WaitAsync(waiter, left, cancellationToken).ConfigureAwait(false);
            waiter.Looked = true;
        }
    }

    private async ValueTask<List<ClaimedRun>> TakeAsync(Claim claim, StartRun start, CancellationToken cancellationToken)
    {
        var claims = new List<ClaimedRun>();
        while (claims.Count < claim.Max)
        {
            var ready = await store.FindReadyAsync(claim.Tenant, claim.Agents, claim.Max - claims.Count, cancellationToken)
                .ConfigureAwait(false);
            if (ready.Count == 0)
                break;

            var changed = false;
            foreach (var key in ready)
            {
                // Once some are held, a fault must not lose them: the caller gets what there is.
                var handled = await handler.HandleAsync(key, start, claims.Count > 0 ? default : cancellationToken).ConfigureAwait(false);
                changed |= handled.Refusal is null;
                if (handled is { Outcome: StartOutcome { Run: { } run }, State: { Lease: { } lease } state })
                {
                    claims.Add(new ClaimedRun(
                        key, run, SessionSnapshot.Of(state), new HeldLease(lease.Epoch, options.LeaseTtl, lease.ExpiresAt)));
                }
            }

            // Another worker was faster in all of them; what is ready now will wake somebody.
            if (!changed)
                break;
        }

        return claims;
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
