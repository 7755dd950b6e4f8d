using Sessions.Core;

namespace Sessions.Engine;

/// <summary>Starts ready runs for workers, waiting for one where there is none.</summary>
internal sealed class RunClaims(
    ISessionStore store, ISessionOwner owner, RunDispatcher dispatcher, QuietAgents quiet, EngineOptions options, TimeProvider time,
    Jitter jitter)
{
    /// <summary>
    /// Looks first, unless it is known that there is nothing to see, and again at every wake-up. One that was not used, because
    /// the claim was cancelled or got another run, goes to the next in line.
    /// </summary>
    public async ValueTask<IReadOnlyList<ClaimedRun>> ClaimAsync(Claim claim, CancellationToken cancellationToken)
    {
        var claims = new List<ClaimedRun>();
        AgentName? woken = null;
        var from = time.GetTimestamp();
        var mayWait = claim.Wait > TimeSpan.Zero;
        try
        {
            while (true)
            {
                using var waiter = dispatcher.Enter(claim);
                try
                {
                    if (!mayWait || !quiet.Cover(claim))
                        await LookAsync(waiter, claims, cancellationToken).ConfigureAwait(false);

                    mayWait = false;
                    if (claims.Count > 0)
                        return claims;

                    woken = null;
                    var left = claim.Wait - time.GetElapsedTime(from);
                    if (left <= TimeSpan.Zero)
                        return claims;

                    await WaitAsync(waiter, left, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
                {
                    // What is held must not be lost to a fault or a cancellation: the caller gets what there is.
                    claims.AddRange(waiter.TakeGiven());
                    if (claims.Count == 0)
                        throw;

                    return claims;
                }

                woken = waiter.TakeWakeUp();
                claims.AddRange(waiter.TakeGiven());
                if (claims.Count == 0 && !waiter.IsDismissed)
                    continue;

                // What it was woken for is another run than those that it was given.
                if (woken is { } unused)
                    dispatcher.Wake(claim.Tenant, unused);

                woken = null;
                return claims;
            }
        }
        finally
        {
            if (woken is { } agent && !claims.Exists(claimed => claimed.Run.Agent == agent))
                dispatcher.Wake(claim.Tenant, agent);
        }
    }

    /// <summary>Starts what is ready, and takes what is sent meanwhile.</summary>
    private async ValueTask LookAsync(RunDispatcher.Waiter waiter, List<ClaimedRun> claims, CancellationToken cancellationToken)
    {
        var claim = waiter.Claim;
        var start = new StartRun(claim.Worker, claim.Agents, options.LeaseTtl);
        HashSet<SessionKey>? refused = null;
        var goOn = true;
        while (goOn && claim.Max - claims.Count - waiter.Taken is > 0 and var asked)
        {
            var look = quiet.Begin(claim);
            var ready = await store.FindReadyAsync(claim.Tenant, claim.Agents, asked, cancellationToken).ConfigureAwait(false);
            if (ready.Count < asked)
                quiet.End(claim, look);

            if (ready.Count == 0)
                break;

            // Together, not one after the other: a durable store commits them in one batch. And not to be cancelled: a
            // start that commits while nobody waits for it would be lost until its lease expires.
            waiter.Open(asked - ready.Count);
            var starting = ready.Select(key => owner.StartAsync(key, start, CancellationToken.None).AsTask()).ToArray();

            // A full page may not be all: go on until a page brings nothing new.
            goOn = await CollectAsync(starting, claims).ConfigureAwait(false);
            waiter.Shut();
            foreach (var key in ready)
                goOn |= (refused ??= []).Add(key) && ready.Count == asked;
        }

        await FillAsync(waiter).ConfigureAwait(false);
        if (waiter.Taken > 0)
            claims.AddRange(waiter.TakeGiven());
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

    /// <summary>Waits to be woken or to be given runs, but no longer than the poll that repairs lost wake-ups.</summary>
    private async ValueTask WaitAsync(RunDispatcher.Waiter waiter, TimeSpan left, CancellationToken cancellationToken)
    {
        waiter.Open(waiter.Claim.Max);
        var poll = jitter.Of(options.RepairInterval, 0.75, 1.25);
        await WaitAsync(waiter.Signal, left < poll ? left : poll, cancellationToken).ConfigureAwait(false);
        await FillAsync(waiter).ConfigureAwait(false);
    }

    /// <summary>What is on its way comes in a moment; but leases that are held run meanwhile.</summary>
    private async ValueTask FillAsync(RunDispatcher.Waiter waiter)
    {
        waiter.Shut();
        var (from, patience) = (time.GetTimestamp(), options.LeaseTtl / 10);
        while (waiter.IsFilling && patience - time.GetElapsedTime(from) is { Ticks: > 0 } left)
            await WaitAsync(waiter.Signal, left, CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask WaitAsync(Signal signal, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var timer = time.CreateTimer(static signal => ((Signal)signal!).Set(), signal, atMost, Timeout.InfiniteTimeSpan);
        await using (timer.ConfigureAwait(false))
            await signal.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
