namespace Sessions.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCodes
{
    /// <summary>The run completed, or the command did what it was asked.</summary>
    public const int Completed = 0;

    /// <summary>The run failed, or the server refused.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The run was aborted.</summary>
    public const int Aborted = 3;

    /// <summary>The server can't be reached, or its streams keep breaking.</summary>
    public const int Unreachable = 4;

    /// <summary>Ctrl-C ended the command before its outcome was known: 128 and the signal's number.</summary>
    public const int Interrupted = 130;

    /// <summary>Nobody reads the output any more: 128 and the signal's number.</summary>
    public const int OutputClosed = 141;
}
