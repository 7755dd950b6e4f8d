using Sessions.Worker;

namespace Sessions.Server;

/// <summary>
/// Reads agents of kind <c>process</c>. Whether the command can be started shows at each run, not here: programs come and go
/// while the server runs.
/// </summary>
internal static class ProcessSettings
{
    public const int DefaultMaxConcurrency = 16;

    public static AgentSettings Read(string name, SettingsReader agent)
    {
        if (!OperatingSystem.IsLinux())
            throw agent.Bad("Kind", "'process' needs Linux.");

        var options = new ProcessAgentOptions
        {
            Command = agent.Text("Command") is { } command && !string.IsNullOrWhiteSpace(command)
                ? command
                : throw agent.Bad("Command", "an agent of kind 'process' needs a program."),
            Arguments = ReadArguments(agent),
            WorkingDirectory = agent.Text("WorkingDirectory"),
            Environment = ReadEnvironment(agent),
            Format = agent.Word("Format", "ndjson", ["ndjson", "text"]) == "text" ? ProcessFormat.Text : ProcessFormat.Ndjson,
        };
        RefuseNul(agent, "Command", options.Command);
        RefuseNul(agent, "WorkingDirectory", options.WorkingDirectory ?? "");
        return new AgentSettings(name, AgentSettings.Process)
        {
            Child = options,
            MaxConcurrency = agent.Number("MaxConcurrency", DefaultMaxConcurrency, 1, 10_000),
        };
    }

    private static string[] ReadArguments(SettingsReader agent)
    {
        const string Key = "Arguments";
        if (agent.Text(Key) is not null)
            throw agent.Bad(Key, "it is a list, not a text: set Arguments:0, Arguments:1 and so on.");

        // Sorted as numbers by the configuration; a gap closes.
        return [.. agent.Children(Key).Select(argument =>
        {
            var key = $"{Key}:{argument.Key}";
            if (!int.TryParse(argument.Key, out _) || argument.GetChildren().Any())
                throw agent.Bad(key, "an argument is a text under a number.");
            RefuseNul(agent, key, argument.Value ?? "");
            return argument.Value ?? "";
        })];
    }

    private static Dictionary<string, string> ReadEnvironment(SettingsReader agent)
    {
        const string Key = "Environment";
        if (agent.Text(Key) is not null)
            throw agent.Bad(Key, "it is a set of variables, not a text: set Environment:NAME.");

        return agent.Children(Key).ToDictionary(
            variable => variable.Key,
            variable =>
            {
                var key = $"{Key}:{variable.Key}";
                if (variable.Key.Contains('=') || variable.Key.Contains('\0') || variable.GetChildren().Any())
                    throw agent.Bad(key, "a variable is a text under a name without '='.");
                RefuseNul(agent, key, variable.Value ?? "");
                return variable.Value ?? "";
            },
            StringComparer.Ordinal);
    }

    private static void RefuseNul(SettingsReader agent, string key, string text)
    {
        if (text.Contains('\0'))
            throw agent.Bad(key, "it has a NUL, which no process can be given.");
    }
}
