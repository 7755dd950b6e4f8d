using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// One claimed run on this worker, from its claim to its one terminal report. Keeps invariants 2, 24 and 26 on the
/// worker's side: whatever the agent does, either a terminal report counts, or the heartbeats end and the lease runs out.
/// </summary>
/// <remarks>
/// <code>
/// agent ── pump ──► queue ──► batches ──► complete or fail      (heartbeats beside it, whenever nothing else extends)
///            └─ ending ◄─ stop: abort signal, lease lost, shutdown          first one counts
/// </code>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "An agent that was left alone may still use its token.")]
internal sealed class RunExecution
{
    private const string RefusalMessage = "The control plane did not take the run's output.";

    private readonly LeaseClock _lease;
    private readonly LeasedReports _reports;
    private readonly AgentPump _pump;
    private readonly OutputQueue _queue = new();
    private readonly TimeSpan _agentStopGrace;
    private readonly TimeSpan _flushInterval;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;

    private readonly TaskCompletionSource<RunEnding> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _agentStop = new();
    private readonly CancellationTokenSource _silence = new();

    public RunExecution(
        ClaimResource claim, IAgent agent, IWorkerConnection connection, WorkerOptions options, TimeProvider timeProvider,
        Random jitter, ILogger logger)
    {
        Key = new RunKey(claim.Run.SessionId, claim.Run.Id, claim.Lease.Epoch);
        _lease = new LeaseClock(claim.Lease, timeProvider);
        _reports = new LeasedReports(connection, Key, _lease, timeProvider, jitter, logger);
        _pump = new AgentPump(agent, new AgentRun(claim.Run, claim.Session, claim.Messages, claim.Lease), _queue, End, logger);
        _agentStopGrace = options.AgentStopGrace;
        _flushInterval = options.FlushInterval;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    public RunKey Key { get; }

    /// <summary>True once a terminal report counts or is not due any more; the agent may still be letting go.</summary>
    public bool IsReported { get; private set; }

    /// <summary>True when its lease may still be kept, and the usual heartbeats have not done so in time.</summary>
    public bool IsHeartbeatLate => !_silence.IsCancellationRequested && _lease.IsHeartbeatLate;

    /// <summary>One heartbeat on the calling thread.</summary>
    public void Beat(IBlockingHeartbeats heartbeats)
    {
        if (!_reports.Beat(heartbeats))
            Abandon(ProblemCodes.LeaseLost);
    }

    /// <summary>Executes the run; ends when the agent has let go, or was left alone. Never throws.</summary>
    public async Task ExecuteAsync()
    {
        var agent = _pump.StartAsync(_agentStop.Token);
        var heartbeats = HeartbeatAsync();
        try
        {
            await ReportAsync();
        }
        catch (OperationCanceledException) when (_silence.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            WorkerLog.ExecutionBroken(_logger, Key.SessionId, Key.RunId, Key.Epoch, exception);
        }

        Silence();
        await heartbeats;
        await LetGoAsync(agent);
    }

    /// <summary>The lease is gone, or is given up: stop the agent, report nothing more.</summary>
    public void Abandon(string reason)
    {
        IsReported |= reason != RunErrorCodes.WorkerLost;
        if (_ending.TrySetResult(new RunEnding.Silent(reason)))
        {
            WorkerInstruments.LeaseLost();
            WorkerLog.RunAbandoned(_logger, Key.SessionId, Key.RunId, Key.Epoch, reason);
        }

        Silence();
        Stop();
    }

    /// <summary>Stop the agent and report this failure behind its output; changes nothing when it has ended already.</summary>
    public void Fail(string code, string message)
    {
        if (_ending.TrySetResult(new RunEnding.Failed(code, message, FailPhases.Run)))
            Stop();
    }

    /// <summary>The agent ended.</summary>
    private void End(RunEnding ending)
    {
        _ending.TrySetResult(ending);
        _queue.Close();
    }

    private void Stop()
    {
        _queue.Close();
        Cancel(_agentStop);
    }

    private void Silence() => Cancel(_silence);

    /// <summary>Cancels without waiting for what others have registered on the token, which may block or throw.</summary>
    private static void Cancel(CancellationTokenSource source) => _ = source.CancelAsync().ContinueWith(
        static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private async Task ReportAsync()
    {
        RunEnding? refusal = null;
        while (refusal is null && await _queue.ReadBatchAsync(_silence.Token) is { Count: > 0 } batch)
        {
            var sentAt = _timeProvider.GetTimestamp();
            if (Refused(await _reports.OutputAsync(batch, _silence.Token)))
                refusal = new RunEnding.Failed(WorkerErrorCodes.OutputRejected, RefusalMessage, FailPhases.Run);
            else
                await _queue.GatherAsync(_flushInterval - _timeProvider.GetElapsedTime(sentAt), _timeProvider, _silence.Token);
        }

        // Without its output the run is not what the agent may have ended it as.
        if (refusal is not null)
            Stop();
        var ending = refusal ?? await _ending.Task.WaitAsync(_silence.Token);
        if (ending is not RunEnding.Silent)
            IsReported = !Refused(await _reports.EndAsync(ending, _silence.Token));
    }

    /// <summary>True when a report did not get through although the lease may be alive.</summary>
    private bool Refused(ReportOutcome outcome)
    {
        if (outcome == ReportOutcome.GivenUp && _lease.MayBeAlive)
            return true;
        if (outcome != ReportOutcome.Accepted)
            Abandon(outcome == ReportOutcome.Lost ? ProblemCodes.LeaseLost : RunErrorCodes.WorkerLost);
        return false;
    }

    private async Task HeartbeatAsync()
    {
        try
        {
            while (true)
            {
                for (var wait = _lease.UntilHeartbeat; wait > TimeSpan.Zero; wait = _lease.UntilHeartbeat)
                    await Task.Delay(wait, _timeProvider, _silence.Token);
                Refused(await _reports.HeartbeatAsync(_silence.Token));
            }
        }
        catch (OperationCanceledException) when (_silence.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            WorkerLog.ExecutionBroken(_logger, Key.SessionId, Key.RunId, Key.Epoch, exception);
            Abandon(RunErrorCodes.WorkerLost);
        }
    }

    private async Task LetGoAsync(Task agent)
    {
        Stop();
        try
        {
            await agent.WaitAsync(_agentStopGrace, _timeProvider);
        }
        catch (TimeoutException)
        {
            WorkerLog.AgentLeftAlone(_logger, Key.SessionId, Key.RunId, Key.Epoch, _agentStopGrace);
        }
    }
}
