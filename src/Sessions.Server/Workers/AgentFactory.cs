using Sessions.Worker;

namespace Sessions.Server;

/// <summary>Makes configured agents that run in this process.</summary>
internal static class AgentFactory
{
    public static IAgent Make(AgentSettings agent, TimeProvider time) => agent.Kind switch
    {
        AgentSettings.Echo => new EchoAgent(agent.WordDelay, time),
        AgentSettings.OpenAI => new OpenAIAgent(new OpenAIChatClient(OptionsOf(agent))),
        AgentSettings.Process when agent.Child is { } child => new ProcessAgent(child, time),
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
