using System.Text.Json;
using Sessions.Client;
using Sessions.Protocol;
using Sessions.Testing.Fakes;

namespace Sessions.Cli.Tests;

/// <summary>The command line, from its entry point, against a scripted server.</summary>
public abstract class CliTest : IAsyncLifetime
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private protected FakeServer Server { get; private set; } = null!;

    private protected ManualInterrupts Interrupts { get; } = new();

    /// <summary>What was written to standard output.</summary>
    private protected WatchedWriter Out { get; } = new();

    private protected WatchedWriter Error { get; } = new();

    private protected Dictionary<string, string> Variables { get; } = [];

    public virtual async Task InitializeAsync()
    {
        Server = await FakeServer.StartAsync();
        Variables["SESSIONS_URL"] = Server.Address.ToString();
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();

    private protected Task<int> RunAsync(params string[] args) => RunAsync("", isTerminal: false, args);

    private protected async Task<int> RunAsync(string input, bool isTerminal, params string[] args)
    {
        using var terminal = new Terminal
        {
            In = new StringReader(input),
            Out = Out,
            Error = Error,
            InIsTerminal = isTerminal,
            OutIsTerminal = isTerminal,
            Size = (100, 30),
            Interrupts = Interrupts,
            Variable = Variables.GetValueOrDefault,
        };
        var options = new SessionsClientOptions
        {
            RetryFor = TimeSpan.FromSeconds(1),
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxRetryDelay = TimeSpan.FromMilliseconds(300),
        };
        return await new App(terminal, options).RunAsync(args).WaitAsync(Patience);
    }

    private protected static SendRequest Sent(SeenRequest request) =>
        JsonSerializer.Deserialize(request.Body, ProtocolJson.Default.SendRequest)!;

    /// <summary>The lines of standard output, each of which has to be JSON.</summary>
    private protected List<JsonElement> JsonLines() =>
        [.. Out.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}
