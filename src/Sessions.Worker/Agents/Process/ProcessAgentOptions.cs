namespace Sessions.Worker;

/// <summary>Which command a <see cref="ProcessAgent"/> runs, and how.</summary>
public sealed record ProcessAgentOptions
{
    /// <summary>
    /// The program: a path, relative ones being relative to <see cref="WorkingDirectory"/>, or a name that is looked up on the
    /// child's <c>PATH</c> at each run. Started as it is; no shell is in between.
    /// </summary>
    public required string Command { get; init; }

    /// <summary>Its arguments, passed on as they are. Default: none.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Where it runs; relative to the worker's own directory. Default: the worker's own directory.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables that are set in addition to those of the worker, or in their place. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What it writes on its standard output. Default: <see cref="ProcessFormat.Ndjson"/>.</summary>
    public ProcessFormat Format { get; init; } = ProcessFormat.Ndjson;

    /// <summary>Throws, naming the option, when one has a value that it can't have.</summary>
    /// <exception cref="ArgumentException">One has.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Command) || Command.Contains('\0'))
            throw new ArgumentException($"{nameof(Command)} must be a program.");
        if (Arguments is null || Arguments.Any(argument => argument is null || argument.Contains('\0')))
            throw new ArgumentException($"{nameof(Arguments)} must be texts without a NUL.");
        if (WorkingDirectory is { } directory && (directory.Length == 0 || directory.Contains('\0')))
            throw new ArgumentException($"{nameof(WorkingDirectory)} must be a directory.");
        if (Environment is null || !Environment.All(IsVariable))
            throw new ArgumentException($"{nameof(Environment)} must be names without '=' and texts, both without a NUL.");
        if (!Enum.IsDefined(Format))
            throw new ArgumentException($"{nameof(Format)} must be ndjson or text.");
    }

    private static bool IsVariable(KeyValuePair<string, string> variable) =>
        variable.Key.Length > 0 && !variable.Key.Contains('=') && !variable.Key.Contains('\0')
        && variable.Value?.Contains('\0') == false;
}
