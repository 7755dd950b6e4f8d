namespace Sessions.Orleans;

/// <summary>
/// Has the engine run while the silo is active. It hears of the cluster's changes: what the streams know of their
/// subscribers may be lost with a silo, and what a session knew of its followers is.
/// </summary>
internal sealed class SiloParticipant(OrleansEngine engine, ISiloStatusOracle membership)
    : ILifecycleParticipant<ISiloLifecycle>, ISiloStatusListener
{
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(OrleansEngine), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        if (status is SiloStatus.Dead or SiloStatus.Active)
            engine.Renew();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await Task.Run(engine.StartAsync, cancellationToken);
        membership.SubscribeToSiloStatusEvents(this);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        membership.UnSubscribeFromSiloStatusEvents(this);
        await engine.DisposeAsync();
    }
}

/// <summary>Has the engine run while the client is connected.</summary>
internal sealed class ClientParticipant(OrleansEngine engine) : ILifecycleParticipant<IClusterClientLifecycle>
{
    public void Participate(IClusterClientLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(OrleansEngine), ServiceLifecycleStage.Active, cancellationToken => Task.Run(engine.StartAsync, cancellationToken), async _ => await engine.DisposeAsync());
}
