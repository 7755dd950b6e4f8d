using Microsoft.Extensions.DependencyInjection;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>Takes the agents of a worker.</summary>
/// <param name="services">The host's services.</param>
public sealed class SessionsWorkerBuilder(IServiceCollection services)
{
    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; } = services;

    /// <summary>Adds an agent, made once with what it asks for from the host's services.</summary>
    /// <typeparam name="TAgent">The agent. One serves all its runs, also at the same time.</typeparam>
    /// <param name="name">What runs are sent to: <c>[A-Za-z0-9._:-]{1,128}</c>.</param>
    /// <exception cref="ArgumentException">The name can't be one, or is taken.</exception>
    public SessionsWorkerBuilder AddAgent<TAgent>(string name)
        where TAgent : class, IAgent => AddAgent(name, provider => ActivatorUtilities.CreateInstance<TAgent>(provider));

    /// <summary>Adds an agent that exists.</summary>
    /// <param name="name">What runs are sent to: <c>[A-Za-z0-9._:-]{1,128}</c>.</param>
    /// <param name="agent">The agent; stays the caller's.</param>
    /// <exception cref="ArgumentException">The name can't be one, or is taken.</exception>
    public SessionsWorkerBuilder AddAgent(string name, IAgent agent) => AddAgent(name, _ => agent);

    /// <summary>Adds an agent.</summary>
    /// <param name="name">What runs are sent to: <c>[A-Za-z0-9._:-]{1,128}</c>.</param>
    /// <param name="make">Makes it, once, when the host starts.</param>
    /// <exception cref="ArgumentException">The name can't be one, or is taken.</exception>
    public SessionsWorkerBuilder AddAgent(string name, Func<IServiceProvider, IAgent> make)
    {
        if (!WorkerOptions.IsId(name))
            throw new ArgumentException($"'{name}' can't be an agent's name: it must match [A-Za-z0-9._:-]{{1,{Limits.IdLength}}}.", nameof(name));
        if (Services.Any(service => service.ImplementationInstance is AgentRegistration agent && agent.Name == name))
            throw new ArgumentException($"There is an agent '{name}' already.", nameof(name));

        Services.AddSingleton(new AgentRegistration(name, make));
        return this;
    }
}

/// <summary>An agent to be made.</summary>
internal sealed record AgentRegistration(string Name, Func<IServiceProvider, IAgent> Make);
