using Sessions.Worker;

namespace Sessions.Server;

/// <summary>
/// The workers in this process: one for each agent with a limit of its own, so that what is over the limit stays queued for
/// workers elsewhere, and one for all other agents.
/// </summary>
internal sealed class LocalWorkers : IHostedService, IAsyncDisposable
{
    private readonly AgentWorker[] _workers;

    public LocalWorkers(
        IWorkerConnection connection, ServerSettings settings, TimeProvider timeProvider, ILogger<AgentWorker> logger)
    {
        var agents = settings.Agents.Where(agent => agent.Kind != AgentSettings.Remote).ToArray();
        _workers =
        [
            Make(agents.Where(agent => agent.MaxConcurrency is null), Options(settings.MaxConcurrency)),
            .. agents.Where(agent => agent.MaxConcurrency is not null).Select(agent => Make(
                [agent], Options(agent.MaxConcurrency!.Value) with { AgentStopGrace = ProcessAgent.StopGrace })),
        ];

        AgentWorker Make(IEnumerable<AgentSettings> own, WorkerOptions options) => new(
            connection, own.ToDictionary(agent => agent.Name, agent => AgentFactory.Make(agent, timeProvider), StringComparer.Ordinal),
            options, timeProvider, logger);
    }

    public Task StartAsync(CancellationToken cancellationToken) => EachAsync(worker => worker.StartAsync(cancellationToken));

    public Task StopAsync(CancellationToken cancellationToken) => EachAsync(worker => worker.StopAsync(cancellationToken));

    public Task DrainAsync(TimeSpan grace, CancellationToken cancellationToken) =>
        EachAsync(worker => worker.DrainAsync(grace, cancellationToken));

    public async ValueTask DisposeAsync() => await EachAsync(worker => worker.DisposeAsync().AsTask());

    /// <summary>Reports are no requests over a wire here: nothing is saved by holding them back.</summary>
    private static WorkerOptions Options(int maxConcurrency) =>
        new() { MaxConcurrency = maxConcurrency, FlushInterval = TimeSpan.Zero };

    private Task EachAsync(Func<AgentWorker, Task> action) => Task.WhenAll(_workers.Select(action));
}
