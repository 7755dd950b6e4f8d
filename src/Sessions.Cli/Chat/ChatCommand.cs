using System.CommandLine;
using Sessions.Client;
using Sessions.Protocol;

namespace Sessions.Cli;

/// <summary><c>sessions chat</c>: one message, or a conversation.</summary>
internal sealed class ChatCommand : Command
{
    private static readonly TimeSpan RetryFor = TimeSpan.FromSeconds(20);

    private readonly Argument<string?> _text = new("text")
    {
        Description = "What to say. Without it, every line of standard input is a message.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _session = new("--session")
    {
        Description = "The session; a new one by default.",
        HelpName = "ID",
    };

    private readonly Option<string?> _agent = new("--agent") { Description = "The agent to answer.", HelpName = "NAME" };

    private readonly Option<double?> _timeout = new("--timeout")
    {
        Description = "How long the run may take from its start, in seconds; then it fails with deadline_exceeded.",
        HelpName = "SECONDS",
    };

    private readonly Terminal _terminal;
    private readonly ServerOption _server;

    public ChatCommand(Terminal terminal, ServerOption server)
        : base("chat", "Send a message and print the answer as it arrives. Ctrl-C aborts the run, a second one leaves.")
    {
        _terminal = terminal;
        _server = server;
        Arguments.Add(_text);
        Options.Add(_session);
        Options.Add(_agent);
        Options.Add(_timeout);
        _timeout.Require<double>(
            seconds => seconds is > 0 and <= Limits.TimeoutSeconds,
            $"--timeout takes more than 0 and at most {Limits.TimeoutSeconds} seconds.");
        server.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var client = _server.Connect(parsed, RetryFor);
        var isJson = _server.IsJson(parsed);
        var named = parsed.GetValue(_session);
        var session = client.SessionNamed(named ?? Guid.CreateVersion7().ToString());
        if (named is null && !isJson)
        {
            _terminal.Error.WriteLine($"session {session.Id}");
        }

        var options = new SendOptions
        {
            Agent = parsed.GetValue(_agent),
            Timeout = parsed.GetValue(_timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        var turn = new Turn(_terminal, session, options, isJson);
        return parsed.GetValue(_text) is { } text
            ? await turn.RunAsync(text, cancellationToken)
            : await new Conversation(_terminal, turn).RunAsync(cancellationToken);
    }
}
