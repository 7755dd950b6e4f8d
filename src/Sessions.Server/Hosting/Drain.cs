using Sessions.Gateway;

namespace Sessions.Server;

/// <summary>
/// The way down: take no new work, give in-process runs their grace and end what remains as <c>worker_shutdown</c>, then
/// reset the open streams, which by then have carried the runs' ends (invariant 33). The listener stops after that.
/// </summary>
internal sealed class Drain(ReplicaState replica, IServiceProvider services) : IHostedLifecycleService
{
    /// <summary>How long in-process runs may go on.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>How long all of it may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        replica.Drain();
        if (services.GetService<LocalWorkers>() is { } workers)
            await workers.DrainAsync(Grace, cancellationToken);

        await services.LetGoAsync(cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
