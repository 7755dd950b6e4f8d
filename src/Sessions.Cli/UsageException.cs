namespace Sessions.Cli;

/// <summary>A command line that could be parsed and still makes no sense.</summary>
internal sealed class UsageException(string message) : Exception(message);
