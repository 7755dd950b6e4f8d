using Sessions.Core;

namespace Sessions.Engine;

/// <summary>Starts ready runs for workers, waiting for one where there is none.</summary>
internal sealed class RunClaims(
    ISessionStore store, ISessionOwner owner, RunDispatcher dispatcher, EngineOptions options, TimeProvider time, Jitter jitter)
{
    public async ValueTask<IReadOnlyList<ClaimedRun>> ClaimAsync(Claim claim, CancellationToken cancellationToken)
    {
        var start = new StartRun(claim.Worker, claim.Agents, options.LeaseTtl);
        var claims = new List<ClaimedRun>();
        await TakeAsync(claim, start, claims, cancellationToken).ConfigureAwait(false);
        if (claims.Count == 0 && claim.Wait > TimeSpan.Zero)
            await WaitAsync(claim, start, claims, cancellationToken).ConfigureAwait(false);

        return claims;
    }

    /// <summary>
    /// Looks again at every wake-up. One that was not used, because the claim was cancelled or got a run of another agent,
    /// goes to the next in line.
    /// </summary>
    private async ValueTask WaitAsync(
        Claim claim, StartRun start, List<ClaimedRun> claims, CancellationToken cancellationToken)
    {
        AgentName? woken = null;
        var until = time.GetTimestamp() + (long)(claim.Wait.TotalSeconds * time.TimestampFrequency);
        try
        {
            while (true)
            {
                using var waiter = dispatcher.Enter(claim.Tenant, claim.Worker, claim.Agents);
                await TakeAsync(claim, start, claims, cancellationToken).ConfigureAwait(false);
                if (claims.Count > 0)
                    return;

                woken = null;
                var left = time.GetElapsedTime(time.GetTimestamp(), until);
                if (left <= TimeSpan.Zero)
                    return;

                await WaitAsync(waiter, left, cancellationToken).ConfigureAwait(false);
                woken = waiter.TakeWakeUp();
                if (waiter.IsDismissed)
                    return;
            }
        }
        finally
        {
            if (woken is { } agent && !claims.Exists(claimed => claimed.Run.Agent == agent))
                dispatcher.Wake(claim.Tenant, agent);
        }
    }

    /// <summary>What is held must not be lost to a fault or a cancellation: the caller gets what there is.</summary>
    private async ValueTask TakeAsync(
        Claim claim, StartRun start, List<ClaimedRun> claims, CancellationToken cancellationToken)
    {
        try
        {
            HashSet<SessionKey>? refused = null;
            var goOn = true;
            while (goOn && claims.Count < claim.Max)
            {
                var asked = claim.Max - claims.Count;
                var ready = await store.FindReadyAsync(claim.Tenant, claim.Agents, asked, cancellationToken).ConfigureAwait(false);

                // Together, not one after the other: a durable store commits them in one batch. And not to be cancelled: a
                // start that commits while nobody waits for it would be lost until its lease expires.
                var starting = ready.Select(key => owner.StartAsync(key, start, CancellationToken.None).AsTask()).ToArray();

                // A full page may not be all: go on until a page brings nothing new.
                goOn = await CollectAsync(starting, claims).ConfigureAwait(false);
                foreach (var key in ready)
                    goOn |= (refused ??= []).Add(key) && ready.Count == asked;
            }
        }
        catch (Exception exception) when (claims.Count > 0 && exception is (StoreUnavailableException or OperationCanceledException))
        {
        }
    }

    /// <summary>Adds what was started, all of it, before a fault of one is thrown.</summary>
    /// <returns>True when something changed; false when other workers were faster everywhere.</returns>
    private static async ValueTask<bool> CollectAsync(Task<Started>[] starting, List<ClaimedRun> claims)
    {
        await ((Task)Task.WhenAll(starting)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var changed = false;
        foreach (var task in starting)
        {
            if (!task.IsCompletedSuccessfully)
                continue;

            var started = await task.ConfigureAwait(false);
            changed |= !started.IsRefused;
            if (started.Claimed is { } claimed)
                claims.Add(claimed);
        }

        if (Array.Find(starting, task => !task.IsCompletedSuccessfully) is { } faulted)
            await faulted.ConfigureAwait(false);

        return changed;
    }

    /// <summary>Waits to be woken, but no longer than the poll that repairs lost wake-ups.</summary>
    private async ValueTask WaitAsync(RunDispatcher.Waiter waiter, TimeSpan left, CancellationToken cancellationToken)
    {
        var poll = jitter.Of(options.RepairInterval, 0.75, 1.25);
        var timer = time.CreateTimer(
            static signal => ((Signal)signal!).Set(), waiter.Signal, left < poll ? left : poll, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
            await waiter.Signal.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
