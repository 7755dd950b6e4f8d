using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// Executes runs: claims them, has its agents answer, keeps their leases, reports what comes, and stops what is aborted.
/// It only knows an <see cref="IWorkerConnection"/>, so it works the same in the server's process and elsewhere.
/// </summary>
public sealed class AgentWorker : IHostedService, IAsyncDisposable
{
    /// <summary>How long the reports of runs that a drain cuts off may take.</summary>
    private static readonly TimeSpan ReportGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(1);

    private readonly WorkerOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ActiveRuns _runs = new();
    private readonly ClaimLoop _claimLoop;
    private readonly SignalListener _signalListener;
    private readonly HeartbeatGuard? _guard;
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _lock = new();
    private Task _claiming = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private bool _started;

    /// <summary>Makes a worker; it works from <see cref="StartAsync"/> on.</summary>
    /// <param name="connection">The way to the control plane.</param>
    /// <param name="agents">The agents by name. With none, the worker does nothing.</param>
    /// <param name="options">How it works.</param>
    /// <param name="timeProvider">The clock of leases, pauses and graces.</param>
    /// <param name="logger">Where it logs.</param>
    /// <param name="jitter">Spreads pauses before retries; a shared one by default.</param>
    /// <exception cref="ArgumentException">An option has a value that it can't have; the message names it.</exception>
    public AgentWorker(
        IWorkerConnection connection, IReadOnlyDictionary<string, IAgent> agents, WorkerOptions options,
        TimeProvider timeProvider, ILogger<AgentWorker> logger, Random? jitter = null)
    {
        options.Validate();
        jitter ??= Random.Shared;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        Agents = [.. agents.Keys.Order(StringComparer.Ordinal)];
        _claimLoop = new ClaimLoop(
            connection, agents.ToDictionary(StringComparer.Ordinal), options, _runs, timeProvider, jitter, logger);
        _guard = connection is IBlockingHeartbeats heartbeats ? new HeartbeatGuard(_runs, heartbeats, logger) : null;
        _signalListener = new SignalListener(connection, options.WorkerId, _runs, timeProvider, jitter, logger);
    }

    /// <summary>The name that it claims under.</summary>
    public string WorkerId => _options.WorkerId;

    /// <summary>The names of its agents.</summary>
    public IReadOnlyList<string> Agents { get; }

    /// <summary>How many runs it holds, including those whose agents are being stopped.</summary>
    public int RunCount => _runs.Count;

    /// <summary>Starts to claim. Does nothing the second time, after a drain, or without agents.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_started || _draining.IsCancellationRequested || Agents.Count == 0)
                return Task.CompletedTask;

            _started = true;
            WorkerLog.Started(_logger, WorkerId, string.Join(", ", Agents), _options.MaxConcurrency);
            _guard?.Start();
            _listening = Task.Run(() => _signalListener.ListenAsync(_stopped.Token), CancellationToken.None);
            _claiming = Task.Run(() => _claimLoop.ClaimAsync(_draining.Token), CancellationToken.None);
            return Task.CompletedTask;
        }
    }

    /// <summary>Drains with <see cref="WorkerOptions.DrainGrace"/>.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => DrainAsync(_options.DrainGrace, cancellationToken);

    /// <summary>
    /// Stops for good: claims nothing more from the call on, lets running runs go on for the grace, fails what is left as
    /// <c>worker_shutdown</c>, and waits for those reports (5 s) and for the agents to let go. May be called more than
    /// once, also at the same time; the shortest grace counts.
    /// </summary>
    /// <param name="grace">How long running runs may go on.</param>
    /// <param name="cancellationToken">Ends the grace, not what comes behind it, which is bounded.</param>
    public async Task DrainAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        Task idle;
        bool first;
        lock (_lock)
        {
            first = !_draining.IsCancellationRequested && _started;
            if (first)
                WorkerLog.Draining(_logger, WorkerId, _runs.Count, grace);
            _claimLoop.BeginDrain();
            _ = _draining.CancelAsync();
            idle = IdleAsync();
        }

        if (!await EndsWithinAsync(idle, grace, cancellationToken))
        {
            foreach (var run in _runs.Snapshot())
                run.Fail(RunErrorCodes.WorkerShutdown, "The worker was shut down before the run ended.");

            if (!await EndsWithinAsync(idle, ReportGrace + _options.AgentStopGrace, CancellationToken.None))
            {
                foreach (var run in _runs.Snapshot())
                    run.Abandon(RunErrorCodes.WorkerLost);
            }
        }

        _guard?.Dispose();
        _ = _stopped.CancelAsync();
        await EndsWithinAsync(_listening, ReportGrace, CancellationToken.None);
        if (first)
            WorkerLog.Drained(_logger, WorkerId, _runs.Snapshot().Count(run => !run.IsReported));
    }

    /// <summary>Drains without a grace.</summary>
    public async ValueTask DisposeAsync() => await DrainAsync(TimeSpan.Zero, CancellationToken.None);

    /// <summary>Ends when no claim is in flight any more and the runs that it may still have brought are gone.</summary>
    private async Task IdleAsync()
    {
        await _claiming;
        await _runs.WhenEmptyAsync();
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan time, CancellationToken cancellationToken)
    {
        time = time < TimeSpan.Zero ? TimeSpan.Zero : time > LongestGrace ? LongestGrace : time;
        try
        {
            await task.WaitAsync(time, _timeProvider, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
