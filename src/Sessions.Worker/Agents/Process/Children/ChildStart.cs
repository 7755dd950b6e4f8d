namespace Sessions.Worker;

/// <summary>What a child is started with, worked out from the options and the worker's environment.</summary>
internal sealed record ChildStart(
    string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, string Directory)
{
    private const string PathVariable = "PATH";
    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";

    /// <exception cref="SpawnException">There is no such directory or program.</exception>
    public static ChildStart Of(ProcessAgentOptions options)
    {
        if (!OperatingSystem.IsLinux())
            throw new SpawnException($"'{options.Command}' can't be started: process agents need Linux.");

        var directory = System.IO.Path.GetFullPath(options.WorkingDirectory ?? ".");
        if (!System.IO.Directory.Exists(directory))
            throw new SpawnException($"'{options.Command}' can't be started: there is no directory '{directory}'.");

        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        foreach (var (name, value) in options.Environment)
            environment[name] = value;

        return new ChildStart(
            Find(options.Command, directory, environment.GetValueOrDefault(PathVariable, DefaultPath)),
            [options.Command, .. options.Arguments],
            [.. environment.Select(variable => $"{variable.Key}={variable.Value}")],
            directory);
    }

    private static string Find(string command, string directory, string path)
    {
        if (command.Contains('/'))
            return System.IO.Path.GetFullPath(command, directory);

        return path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(place => System.IO.Path.GetFullPath(System.IO.Path.Combine(place, command), directory))
            .FirstOrDefault(IsProgram)
            ?? throw new SpawnException($"'{command}' can't be started: there is no such program on the PATH.");
    }

    private static bool IsProgram(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != 0;
    }
}
