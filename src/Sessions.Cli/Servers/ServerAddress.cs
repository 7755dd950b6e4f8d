namespace Sessions.Cli;

/// <summary>Addresses of servers: given, from the environment, or the default.</summary>
internal static class ServerAddress
{
    public const string Variable = "SESSIONS_URL";
    public const string Default = "http://127.0.0.1:5080";

    public static Uri Read(string? url, Terminal terminal)
    {
        url ??= terminal.Variable(Variable) ?? Default;
        return Uri.TryCreate(url, UriKind.Absolute, out var server) && server.Scheme is ("http" or "https")
            ? server
            : throw new UsageException($"'{url}' is not an http or https address.");
    }

    /// <summary>At least one.</summary>
    public static IReadOnlyList<Uri> ReadAll(IReadOnlyList<string> urls, Terminal terminal) =>
        urls.Count == 0 ? [Read(null, terminal)] : [.. urls.Select(url => Read(url, terminal))];
}
