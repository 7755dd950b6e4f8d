using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Streams;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>What the engine of one process of the cluster is made of, besides its store.</summary>
/// <param name="Agents">The configured agents, name to kind.</param>
/// <param name="DefaultAgent">The agent for sessions that name none.</param>
/// <param name="Options">Times and bounds.</param>
public sealed record OrleansEngineSettings(IReadOnlyDictionary<AgentName, string> Agents, AgentName DefaultAgent, EngineOptions Options)
{
    /// <summary>The process's clock: for waiting only, never to decide.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What the sending to streams is paced by, as the streams themselves: real time also where tests stop the engine's.</summary>
    internal TimeProvider Pace { get; init; } = TimeProvider.System;

    /// <summary>Lets tests lose hints.</summary>
    internal Func<IReplicaBus, IReplicaBus> Wrap { get; init; } = static bus => bus;

    /// <summary>Has tests say when it sweeps and repairs.</summary>
    internal bool WhenTold { get; init; }
}

/// <summary>Adds the engine to a silo, or to a client of the cluster.</summary>
public static class SessionsHosting
{
    /// <summary>Where the streams keep who has subscribed; the silo needs grain storage of this name.</summary>
    public const string PubSubStore = "PubSubStore";

    /// <summary>How often a silo looks for what its streams have to deliver.</summary>
    private static readonly TimeSpan Pull = TimeSpan.FromMilliseconds(5);

    /// <summary>A hint that could not be delivered for so long is of no use any more.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(5);
    private const int Queues = 4;

    /// <summary>How long an owner is waited for: who calls through another silo is not told that the one behind it is dead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How often a client looks which silos there are: one that hangs keeps its connections, and its callers wait.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A silo that owns sessions and has a gateway's engine. Expects an <see cref="ISessionStore"/>, and grain storage named
    /// <see cref="PubSubStore"/>.
    /// </summary>
    public static ISiloBuilder AddSessions(this ISiloBuilder silo, OrleansEngineSettings settings)
    {
        silo.AddMemoryStreams(SessionStreams.Provider, streams =>
        {
            streams.ConfigurePartitioning(Queues);
            streams.ConfigurePullingAgent(pulling => pulling.Configure(options =>
            {
                options.GetQueueMsgsTimerPeriod = Pull;
                options.MaxEventDeliveryTime = Stale;
            }));
        });
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = Patience);
        silo.Services.AddOrleansEngine(settings);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SiloParticipant>();
        return silo;
    }

    /// <summary>A gateway that is a client of the cluster. Expects the silos' store.</summary>
    public static IClientBuilder AddSessions(this IClientBuilder client, OrleansEngineSettings settings)
    {
        client.AddMemoryStreams(SessionStreams.Provider, streams => streams.ConfigurePartitioning(Queues));
        client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = Patience);
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = Look);
        client.Services.AddOrleansEngine(settings);
        client.Services.AddSingleton<ILifecycleParticipant<IClusterClientLifecycle>, ClientParticipant>();
        return client;
    }

    private static void AddOrleansEngine(this IServiceCollection services, OrleansEngineSettings settings) =>
        services.AddSingleton(provider => new OrleansEngine(
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredKeyedService<IStreamProvider>(SessionStreams.Provider),
            provider.GetRequiredService<ISessionStore>(),
            settings.Agents,
            settings.DefaultAgent,
            settings.Options,
            settings.Time,
            settings.Pace,
            Random.Shared,
            provider.GetRequiredService<ILogger<OrleansEngine>>(),
            settings.Wrap,
            settings.WhenTold));
}
