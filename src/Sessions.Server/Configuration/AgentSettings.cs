using Sessions.Core;
using Sessions.Worker;

namespace Sessions.Server;

/// <summary>A configured agent.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is: <c>echo</c>, <c>openai</c>, <c>process</c> or <c>remote</c>.</param>
public sealed record AgentSettings(string Name, string Kind)
{
    /// <summary>The kind, and the agent that is there by default, that answers with what was sent.</summary>
    public const string Echo = "echo";

    /// <summary>The kind that asks an OpenAI-compatible endpoint.</summary>
    public const string OpenAI = "openai";

    /// <summary>The kind that runs a command for each run.</summary>
    public const string Process = "process";

    /// <summary>The kind that workers elsewhere run.</summary>
    public const string Remote = "remote";

    /// <summary>Of kind <c>echo</c>: the pause before each word; 20 ms by default.</summary>
    public TimeSpan WordDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Of kind <c>openai</c>: the API's base; OpenAI's own when null.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Of kind <c>openai</c>: the key, if the endpoint needs one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Of kind <c>openai</c>: the model; the client's default when null.</summary>
    public string? Model { get; init; }

    /// <summary>Of kind <c>process</c>: what is run.</summary>
    public ProcessAgentOptions? Child { get; init; }

    /// <summary>Of kind <c>process</c>: how many of its runs this process executes at the same time.</summary>
    public int? MaxConcurrency { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Kind})";

    internal static IReadOnlyList<AgentSettings> ReadAll(IConfiguration configuration, SettingsReader sessions)
    {
        var environment = new OpenAIEnvironment(
            configuration[OpenAIEnvironment.BaseUrlKey], configuration[OpenAIEnvironment.ApiKeyKey], configuration["OPENAI_MODEL"]);
        var agents = new SortedDictionary<string, AgentSettings>(StringComparer.Ordinal);
        foreach (var section in sessions.Children("Agents"))
            agents.Add(section.Key, Read(section.Key, sessions.Within($"Agents:{section.Key}"), environment));

        agents.TryAdd(Echo, new AgentSettings(Echo, Echo));
        if (environment.IsSet)
            agents.TryAdd(OpenAI, ReadOpenAI(OpenAI, sessions.Within($"Agents:{OpenAI}"), environment));

        return [.. agents.Values];
    }

    private static AgentSettings Read(string name, SettingsReader agent, OpenAIEnvironment environment)
    {
        if (!Identifier.IsValid(name))
            throw agent.Bad("Kind", $"'{name}' can't be an agent's name: 1 to 128 of A-Z a-z 0-9 . _ : -");

        // The agents that are there by default can be set up without repeating their kind.
        var byDefault = name is Echo or OpenAI ? name : "";
        return agent.Word("Kind", byDefault, [Echo, OpenAI, Process, Remote]) switch
        {
            Echo => new AgentSettings(name, Echo)
            {
                WordDelay = agent.Time("WordDelay", TimeSpan.FromMilliseconds(20), TimeSpan.Zero, TimeSpan.FromHours(1)),
            },
            OpenAI => ReadOpenAI(name, agent, environment),
            Process => ProcessSettings.Read(name, agent),
            var kind => new AgentSettings(name, kind),
        };
    }

    private static AgentSettings ReadOpenAI(string name, SettingsReader agent, OpenAIEnvironment environment)
    {
        var url = agent.Text("BaseUrl") ?? environment.BaseUrl;
        Uri? baseUrl = null;
        if (!string.IsNullOrEmpty(url) && (!Uri.TryCreate(url, UriKind.Absolute, out baseUrl) || baseUrl.Scheme is not ("http" or "https")))
            throw Bad("BaseUrl", OpenAIEnvironment.BaseUrlKey, $"'{url}' is not an absolute http or https URL.");

        var apiKey = agent.Text("ApiKey") ?? environment.ApiKey;
        if (apiKey?.Any(letter => letter is < ' ' or > '~') == true)
            throw Bad("ApiKey", OpenAIEnvironment.ApiKeyKey, "it must be printable ASCII.");

        return new AgentSettings(name, OpenAI)
        {
            BaseUrl = baseUrl,
            ApiKey = apiKey,
            Model = agent.Text("Model") ?? environment.Model,
        };

        // The key that the value came from.
        ConfigurationException Bad(string key, string variable, string problem) =>
            agent.Text(key) is null ? new(variable, problem) : agent.Bad(key, problem);
    }

    private sealed record OpenAIEnvironment(string? BaseUrl, string? ApiKey, string? Model)
    {
        public const string BaseUrlKey = "OPENAI_BASE_URL";
        public const string ApiKeyKey = "OPENAI_API_KEY";

        public bool IsSet => !string.IsNullOrEmpty(BaseUrl) || !string.IsNullOrEmpty(ApiKey);
    }
}
