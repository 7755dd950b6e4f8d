using Sessions.Worker;

namespace Sessions.Server;

/// <summary>Makes the configured agents that run in this process.</summary>
internal static class AgentFactory
{
    public static IReadOnlyDictionary<string, IAgent> Make(IEnumerable<AgentSettings> agents, TimeProvider time) => agents
        .Where(agent => agent.Kind != AgentSettings.Remote)
        .ToDictionary(agent => agent.Name, agent => Make(agent, time), StringComparer.Ordinal);

    private static IAgent Make(AgentSettings agent, TimeProvider time) => agent.Kind switch
    {
        AgentSettings.Echo => new EchoAgent(agent.WordDelay, time),
        AgentSettings.OpenAI => new OpenAIAgent(new OpenAIChatClient(OptionsOf(agent))),
        _ => throw new InvalidOperationException($"Agent '{agent.Name}' is of the unknown kind '{agent.Kind}'."),
    };

    private static OpenAIChatClientOptions OptionsOf(AgentSettings agent)
    {
        var defaults = new OpenAIChatClientOptions();
        var options = new OpenAIChatClientOptions
        {
            BaseUrl = agent.BaseUrl ?? defaults.BaseUrl,
            ApiKey = string.IsNullOrEmpty(agent.ApiKey) ? null : agent.ApiKey,
            Model = string.IsNullOrEmpty(agent.Model) ? defaults.Model : agent.Model,
        };
        try
        {
            options.Validate();
            return options;
        }
        catch (ArgumentException exception)
        {
            throw new ConfigurationException($"Sessions:Agents:{agent.Name}", exception.Message);
        }
    }
}
