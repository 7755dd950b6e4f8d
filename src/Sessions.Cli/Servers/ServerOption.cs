using System.CommandLine;
using Sessions.Client;

namespace Sessions.Cli;

/// <summary>The options that every command has, and the client that they make.</summary>
internal sealed class ServerOption(Terminal terminal, SessionsClientOptions options)
{
    private readonly Option<string?> _url = new("--url")
    {
        Description = $"The server. Default: the environment variable {ServerAddress.Variable}, else {ServerAddress.Default}.",
        HelpName = "URL",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "For scripts: one JSON value a line on standard output.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_json);
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <param name="parsed">The command line.</param>
    /// <param name="retryFor">How long the command puts up with a server that can't be reached.</param>
    public SessionsClient Connect(ParseResult parsed, TimeSpan retryFor)
    {
        var server = ServerAddress.Read(parsed.GetValue(_url), terminal);
        return new SessionsClient(server, options with
        {
            RetryFor = retryFor < options.RetryFor ? retryFor : options.RetryFor,
            OnRetry = new RetryNotice(terminal).OnRetry,
        });
    }
}
