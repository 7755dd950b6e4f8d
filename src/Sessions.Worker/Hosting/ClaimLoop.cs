using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>Claims as many runs as there are free slots, over and over, and sets them going.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing.")]
internal sealed class ClaimLoop(
    IWorkerConnection connection, Dictionary<string, IAgent> agents, WorkerOptions options, ActiveRuns runs,
    TimeProvider timeProvider, Random jitter, ILogger logger)
{

    /// <summary>What a claim may take over the wait that it asked for.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(15);

    private readonly string[] _agentNames = [.. agents.Keys];
    private readonly SemaphoreSlim _slots = new(options.MaxConcurrency);
    private readonly Backoff _afterFault = new(
        TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5), timeProvider, jitter);
    private readonly Backoff _afterNothing = new(
        TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500), timeProvider, jitter);
    private readonly Lock _lock = new();
    private bool _draining;

    /// <summary>From now on what a claim brings is handed back.</summary>
    public void BeginDrain()
    {
        lock (_lock)
            _draining = true;
    }

    /// <summary>Claims until the token is cancelled, and hands back what a claim in flight still brings.</summary>
    public async Task ClaimAsync(CancellationToken draining)
    {
        while (!draining.IsCancellationRequested)
        {
            try
            {
                if (await ClaimOnceAsync(draining) is { } pause)
                    await pause.PauseAsync(draining);
            }
            catch (Exception) when (draining.IsCancellationRequested)
            {
                // A call that the drain cancelled; one that was answered all the same has had its runs handed back.
            }
        }
    }

    /// <summary>The pause before the next claim: after a fault, and when there was nothing without a wait.</summary>
    private async Task<Backoff?> ClaimOnceAsync(CancellationToken draining)
    {
        var free = await ReserveAsync(draining);
        var sentAt = timeProvider.GetTimestamp();
        try
        {
            using var timeout = new CancellationTokenSource(options.ClaimWait + AnswerTime, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, draining);
            var request = new ClaimRequest
            {
                WorkerId = options.WorkerId,
                Agents = _agentNames,
                Max = free,
                WaitSeconds = options.ClaimWait.TotalSeconds,
            };
            var claims = await connection.ClaimAsync(request, either.Token);
            foreach (var claim in claims)
            {
                var reserved = free > 0;
                if (Begin(claim, reserved) && reserved)
                    free--;
            }

            _afterFault.Reset();
            var waited = timeProvider.GetElapsedTime(sentAt);
            if (claims.Count == 0 && (waited < options.ClaimWait / 2 || options.ClaimWait == TimeSpan.Zero))
                return _afterNothing;

            _afterNothing.Reset();
            return null;
        }
        catch (Exception exception) when (!draining.IsCancellationRequested)
        {
            WorkerLog.ClaimFaulted(logger, options.WorkerId, exception);
            return _afterFault;
        }
        finally
        {
            if (free > 0)
                _slots.Release(free);
        }
    }

    /// <summary>Waits for a free slot and takes all that there are.</summary>
    private async Task<int> ReserveAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        var free = 1;
        while (free < Limits.ClaimMax && _slots.Wait(0, CancellationToken.None))
            free++;
        return free;
    }

    /// <summary>False when the claim needs no execution.</summary>
    private bool Begin(ClaimResource claim, bool reserved)
    {
        RunExecution run;
        lock (_lock)
        {
            run = new RunExecution(claim, AgentFor(claim), connection, options, timeProvider, jitter, logger);
            if (!runs.TryAdd(run))
                return false;
        }

        WorkerLog.RunBegins(logger, run.Key.SessionId, run.Key.RunId, run.Key.Epoch, claim.Run.Agent);
        _ = ExecuteAsync(run, reserved);
        return true;
    }

    private IAgent AgentFor(ClaimResource claim)
    {
        if (_draining)
            return HandBack(RunErrorCodes.WorkerShutdown, "The worker was shut down as the run was claimed.", FailPhases.Run);
        if (agents.TryGetValue(claim.Run.Agent, out var agent))
            return agent;
        return HandBack(RunErrorCodes.StartFailed, $"The worker has no agent '{claim.Run.Agent}'.", FailPhases.Start);

        RefusingAgent HandBack(string code, string message, string phase)
        {
            WorkerLog.HandedBack(logger, claim.Run.SessionId, claim.Run.Id, claim.Lease.Epoch, code);
            return new RefusingAgent(code, message, phase);
        }
    }

    private async Task ExecuteAsync(RunExecution run, bool reserved)
    {
        WorkerInstruments.RunBegan(options.WorkerId);
        try
        {
            await run.ExecuteAsync();
        }
        finally
        {
            WorkerInstruments.RunLeft(options.WorkerId);
            runs.Remove(run);
            if (reserved)
                _slots.Release();
        }
    }
}
