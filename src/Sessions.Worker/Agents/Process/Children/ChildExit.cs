using System.Globalization;

namespace Sessions.Worker;

/// <summary>How a process ended; both null when the system did not say.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Signal">The signal that killed it.</param>
internal readonly record struct ChildExit(int? Code, int? Signal)
{
    public bool IsSuccess => Code == 0;

    public override string ToString() => (Code, Signal) switch
    {
        ({ } code, _) => string.Create(CultureInfo.InvariantCulture, $"exited with code {code}"),
        (_, { } signal) => string.Create(CultureInfo.InvariantCulture, $"was killed by signal {signal}{Name(signal)}"),
        _ => "ended in a way that the system did not tell",
    };

    private static string Name(int signal) => signal switch
    {
        1 => " (SIGHUP)",
        2 => " (SIGINT)",
        3 => " (SIGQUIT)",
        4 => " (SIGILL)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        14 => " (SIGALRM)",
        15 => " (SIGTERM)",
        24 => " (SIGXCPU)",
        25 => " (SIGXFSZ)",
        31 => " (SIGSYS)",
        _ => "",
    };
}
