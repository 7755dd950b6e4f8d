using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;
using Sessions.Engine;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>Silos in this process, and a client of them, each with an engine over the same sessions.</summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly List<LossyBus> _buses = [];
    private readonly InProcessTestCluster _cluster;

    private SiloCluster(short silos, EngineOptions options, TimeProvider time, Func<ISessionStore> store)
    {
        var settings = new OrleansEngineSettings(EngineConformance.Agents, Commands.Echo, options) { Time = time, Wrap = Wrap };
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureHost(host => host.Logging.ClearProviders());
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(_ => store());
            silo.AddMemoryGrainStorage(SessionsHosting.PubSubStore);
            silo.AddSessions(settings);
        });
        builder.ConfigureClient(client =>
        {
            client.Services.AddSingleton(_ => store());
            client.AddSessions(settings);
        });
        _cluster = builder.Build();
    }

    public InProcessTestCluster Cluster => _cluster;

    /// <summary>The engines of the silos that are up, and the client's last.</summary>
    public IEnumerable<OrleansEngine> Engines => _cluster.Silos
        .Select(silo => silo.ServiceProvider)
        .Append(_cluster.Client.ServiceProvider)
        .Select(services => services.GetRequiredService<OrleansEngine>());

    public static async Task<SiloCluster> StartAsync(short silos, EngineOptions options, TimeProvider time, Func<ISessionStore> store)
    {
        var cluster = new SiloCluster(silos, options, time, store);
        await cluster._cluster.DeployAsync();
        return cluster;
    }

    /// <summary>Decides which hints between the engines are lost from now on; null loses none.</summary>
    public void Lose(Predicate<Wakeup>? lost)
    {
        foreach (var bus in _buses)
            bus.Lost = lost;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    private LossyBus Wrap(IReplicaBus bus)
    {
        var lossy = new LossyBus(bus);
        lock (_buses)
            _buses.Add(lossy);

        return lossy;
    }
}
