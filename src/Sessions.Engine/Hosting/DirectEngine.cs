using Microsoft.Extensions.Logging;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Engine <c>direct</c>: every replica may serve every session, and the store's fence keeps them honest. One of these is a
/// replica; any number may share a store.
/// </summary>
public sealed class DirectEngine : IAsyncDisposable
{
    private readonly EngineInstruments _instruments = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly Jitter _jitter;
    private readonly ILogger _logger;
    private readonly IReplicaBus _bus;
    private readonly SessionFeed _feed;
    private readonly LeaseSweeper _sweeper;
    private readonly FeedRepair _repair;
    private readonly WorkerDirectory _workers;
    private Task _background = Task.CompletedTask;

    /// <summary>Makes a replica; <see cref="Start"/> makes it sweep and repair.</summary>
    /// <param name="store">Where sessions are kept.</param>
    /// <param name="bus">The way to the other replicas.</param>
    /// <param name="agents">The configured agents, name to kind.</param>
    /// <param name="defaultAgent">The agent for sessions that name none.</param>
    /// <param name="options">Times and bounds.</param>
    /// <param name="time">The replica's clock: for waiting only, never to decide.</param>
    /// <param name="jitter">Spreads the replicas' sweeps.</param>
    /// <param name="logger">Logs.</param>
    public DirectEngine(
        ISessionStore store, IReplicaBus bus, IReadOnlyDictionary<AgentName, string> agents, AgentName defaultAgent,
        EngineOptions options, TimeProvider time, Random jitter, ILogger<DirectEngine> logger)
    {
        _options = options;
        _time = time;
        _jitter = new Jitter(jitter);
        _logger = logger;
        _bus = bus;
        var dispatcher = new RunDispatcher();
        var workers = _workers = new WorkerDirectory(agents, defaultAgent, time);
        _feed = new SessionFeed(bus, dispatcher, workers);
        var handler = new SessionHandler(store, _feed.Publish, _instruments, logger);
        _sweeper = new LeaseSweeper(store, handler, logger);
        _repair = new FeedRepair(store, _feed, time);
        Sessions = new DirectSessions(store, handler, _feed, workers, options, time, _instruments);
        Runs = new DirectRuns(
            store, handler, _feed, workers, new RunClaims(store, handler, dispatcher, options, time, _jitter), options);
    }

    /// <summary>The front door.</summary>
    public ISessions Sessions { get; }

    /// <summary>The workers' door.</summary>
    public IRuns Runs { get; }

    /// <summary>Begins to sweep, and to repair where there are other replicas.</summary>
    public void Start()
    {
        var sweeping = RepeatAsync(_options.SweepInterval, _sweeper.RunOnceAsync, _logger.SweepFailed);
        _background = _bus.IsShared
            ? Task.WhenAll(sweeping, RepeatAsync(_options.RepairInterval, RepairAsync, _logger.RepairFailed))
            : sweeping;
        _workers.Announce(asks: true);
    }

    /// <summary>Ends what is due now, without waiting for the sweeper.</summary>
    public ValueTask SweepAsync(CancellationToken cancellationToken) => _sweeper.RunOnceAsync(cancellationToken);

    /// <summary>Makes up for lost hints now, without waiting for the poll.</summary>
    public ValueTask RepairAsync(CancellationToken cancellationToken)
    {
        _workers.Announce(asks: false);
        return _repair.RunOnceAsync(cancellationToken);
    }

    /// <summary>Stops sweeping and repairing.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _background.ConfigureAwait(false);
        _feed.Dispose();
        _repair.Dispose();
        _instruments.Dispose();
        _stopping.Dispose();
    }

    private async Task RepeatAsync(
        TimeSpan interval, Func<CancellationToken, ValueTask> once, Action<Exception> failed)
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await once(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (!_stopping.IsCancellationRequested)
            {
                failed(exception);
            }
            catch (Exception)
            {
                // Whatever a stop brings about is no fault.
                return;
            }

            // Never longer than the interval: the bound of invariant 2 counts on it.
            await Task.Delay(_jitter.Of(interval, 0.5, 1), _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
