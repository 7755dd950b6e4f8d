using Sessions.Engine;

namespace Sessions.Server;

/// <summary>The server's configuration, read and checked at start.</summary>
public sealed partial record ServerSettings
{
    /// <summary>The key of the connection string of the store <c>postgres</c>.</summary>
    public const string ConnectionStringKey = "ConnectionStrings:Sessions";

    private const string DirectEngine = "direct";
    private const string Root = "Sessions";
    private const string MemoryStore = "memory";
    private const string PostgresStore = "postgres";

    /// <summary>Where the store <c>postgres</c> is; null with the store <c>memory</c>.</summary>
    public required string? ConnectionString { get; init; }

    /// <summary>The store's name.</summary>
    public string Store => ConnectionString is null ? MemoryStore : PostgresStore;

    /// <summary>The engine's name.</summary>
    public required string EngineName { get; init; }

    /// <summary>Times and bounds of the engine.</summary>
    public required EngineOptions Engine { get; init; }

    /// <summary>The configured agents, by name.</summary>
    public required IReadOnlyList<AgentSettings> Agents { get; init; }

    /// <summary>The agent for sessions that name none.</summary>
    public required string DefaultAgent { get; init; }

    /// <summary>True when the agents run in this process.</summary>
    public required bool InProcessWorkers { get; init; }

    /// <summary>How many runs this process executes at the same time.</summary>
    public required int MaxConcurrency { get; init; }

    /// <summary>True when requests to a domain's name are refused, since <c>AllowedHosts</c> names none.</summary>
    public required bool LocalNamesOnly { get; init; }

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="ConfigurationException">A key has a value that it can't have.</exception>
    public static ServerSettings Read(IConfiguration configuration)
    {
        var sessions = new SettingsReader(configuration.GetSection(Root));
        var engineName = ReadEngineName(configuration);
        var store = sessions.Word("Store", MemoryStore, [MemoryStore, PostgresStore]);

        var defaults = new EngineOptions();
        var engine = new EngineOptions
        {
            LeaseTtl = sessions.Time("Lease:Ttl", defaults.LeaseTtl, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            SweepInterval = sessions.Time("Lease:SweepInterval", defaults.SweepInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            RunTimeout = sessions.Time("Runs:Timeout", defaults.RunTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(7)),
            QueueTimeout = sessions.Time("Runs:QueueTimeout", defaults.QueueTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365)),
            MaxQueued = sessions.Number("Runs:MaxQueued", defaults.MaxQueued, 0, 10_000),
        };

        var agents = AgentSettings.ReadAll(configuration, sessions);
        var settings = new ServerSettings
        {
            EngineName = engineName,
            ConnectionString = store == PostgresStore ? ReadConnectionString(configuration) : null,
            Engine = engine,
            Agents = agents,
            DefaultAgent = DefaultOf(sessions, agents),
            InProcessWorkers = sessions.Bool("Workers:InProcess", true),
            MaxConcurrency = sessions.Number("Workers:MaxConcurrency", 256, 1, 10_000),
            LocalNamesOnly = string.IsNullOrEmpty(configuration["AllowedHosts"]),
        };
        settings.Check(sessions);
        return settings;
    }

    /// <summary>Reads which engine it is to be.</summary>
    internal static string ReadEngineName(IConfiguration configuration)
    {
        string[] engines = [DirectEngine];
        string? otherwise = "engine 'orleans' is not part of this build";
        AddEngines(ref engines, ref otherwise);
        return new SettingsReader(configuration.GetSection(Root)).Word("Engine", DirectEngine, engines, otherwise);
    }

    /// <summary>Reads the connection string, whichever store is set.</summary>
    internal static string ReadConnectionString(IConfiguration configuration) =>
        configuration[ConnectionStringKey] is { Length: > 0 } given
            ? given
            : throw new ConfigurationException(
                ConnectionStringKey, "the store 'postgres' needs it, as 'Host=127.0.0.1;Username=sessions;Database=sessions'.");

    /// <summary>Adds the engines that not every build has.</summary>
    static partial void AddEngines(ref string[] engines, ref string? otherwise);

    /// <summary>Reads and checks what such an engine has settings for.</summary>
    partial void Check(SettingsReader sessions);

    private static string DefaultOf(SettingsReader sessions, IReadOnlyList<AgentSettings> agents)
    {
        if (sessions.Text("DefaultAgent") is not { } name)
            return agents.FirstOrDefault(agent => agent.Kind == AgentSettings.OpenAI)?.Name ?? AgentSettings.Echo;

        return agents.Any(agent => agent.Name == name)
            ? name
            : throw sessions.Bad("DefaultAgent", $"there is no agent '{name}'; there are: {string.Join(", ", agents.Select(agent => agent.Name))}.");
    }
}
