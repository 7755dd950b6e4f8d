using Microsoft.Extensions.Logging;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// What every engine's replica has: the doors, the feed with its repair, the sweeper, the directory of workers. Engines
/// differ in who carries out what changes a session.
/// </summary>
internal sealed class EngineFront : IAsyncDisposable
{
    private readonly EngineInstruments _instruments = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly EngineOptions _options;
    private readonly ISessionStore _store;
    private readonly TimeProvider _time;
    private readonly Jitter _jitter;
    private readonly ILogger _logger;
    private readonly IReplicaBus _bus;
    private readonly SessionFeed _feed;
    private readonly LeaseSweeper _sweeper;
    private readonly FeedRepair _repair;
    private readonly WorkerDirectory _workers;
    private Task _background = Task.CompletedTask;

    public EngineFront(
        ISessionStore store, IReplicaBus bus, IReadOnlyDictionary<AgentName, string> agents, AgentName defaultAgent,
        EngineOptions options, TimeProvider time, Random jitter, ILogger logger, ISessionOwner? elsewhere = null)
    {
        _options = options;
        _store = store;
        _time = time;
        _jitter = new Jitter(jitter);
        _logger = logger;
        _bus = bus;
        var quiet = new QuietAgents(options.RepairInterval, time);
        var dispatcher = new RunDispatcher(quiet);
        var affinity = new SessionAffinity();
        var workers = _workers = new WorkerDirectory(agents, defaultAgent, time);
        _feed = new SessionFeed(bus, dispatcher, affinity, workers);
        Handler = new SessionHandler(store, _feed.Publish, _instruments, logger)
        {
            PromptStarts = new PromptStart.Source(dispatcher, affinity, options),
        };
        Here = new LocalOwner(store, Handler, _feed.Publish, options);
        var owner = elsewhere ?? Here;

        // Not the session's owner: what hangs with its silo is to be ended all the same, and the fence holds.
        _sweeper = new LeaseSweeper(store, Here, logger);
        _repair = new FeedRepair(store, _feed, time);
        Sessions = DoorTo(owner);
        Runs = new RunsDoor(store, owner, workers, new RunClaims(store, owner, dispatcher, quiet, options, time, _jitter), options);
    }

    public ISessions Sessions { get; }

    public IRuns Runs { get; }

    /// <summary>Carries out commands in this process, and has this replica publish what it commits.</summary>
    public SessionHandler Handler { get; }

    /// <summary>The owner that uses it, whoever it is that the doors ask.</summary>
    public ISessionOwner Here { get; }

    /// <summary>A front door like this replica's, whose changes are carried out by another owner.</summary>
    public ISessions DoorTo(ISessionOwner owner) => new SessionsDoor(_store, owner, _feed, _workers, _options, _time, _instruments);

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
