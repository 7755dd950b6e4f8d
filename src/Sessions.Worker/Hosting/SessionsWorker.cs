using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sessions.Worker;

/// <summary>Puts a worker into a generic host.</summary>
public static class SessionsWorker
{
    /// <summary>
    /// Adds a worker that claims runs from <see cref="WorkerOptions.Servers"/> while the host runs, and drains when it is
    /// stopped. The host's own shutdown timeout ends <see cref="WorkerOptions.DrainGrace"/> when it is the shorter one.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options; they are checked when the host starts.</param>
    /// <returns>What its agents are added to.</returns>
    public static SessionsWorkerBuilder AddSessionsWorker(
        this IServiceCollection services, Action<WorkerOptions>? configure = null)
    {
        var options = services.AddOptions<WorkerOptions>();
        if (configure is not null)
            options.Configure(configure);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IWorkerConnection>(Connect);
        if (!services.Any(service => service.ServiceType == typeof(AgentWorker)))
        {
            services.AddSingleton(Make);
            services.AddHostedService(provider => provider.GetRequiredService<AgentWorker>());
        }

        return new SessionsWorkerBuilder(services);
    }

    private static HttpWorkerConnection Connect(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<WorkerOptions>>().Value;
        options.Validate();
        return new HttpWorkerConnection(options.Servers, provider.GetRequiredService<TimeProvider>());
    }

    private static AgentWorker Make(IServiceProvider provider) => new(
        provider.GetRequiredService<IWorkerConnection>(),
        provider.GetServices<AgentRegistration>().ToDictionary(
            agent => agent.Name, agent => agent.Make(provider), StringComparer.Ordinal),
        provider.GetRequiredService<IOptions<WorkerOptions>>().Value,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<AgentWorker>>());
}
