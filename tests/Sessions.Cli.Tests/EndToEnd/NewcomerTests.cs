using Sessions.Client;
using Sessions.Testing.EndToEnd;

namespace Sessions.Cli.Tests.EndToEnd;

/// <summary>What a newcomer does: the real server, and the commands of the README.</summary>
public sealed class NewcomerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private RealServer _server = null!;

    public async Task InitializeAsync() => _server = await RealServer.StartAsync("00:00:00.001");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_message_is_answered_and_the_session_is_listed_with_its_events()
    {
        Assert.Equal((0, "hello there"), await RunAsync("chat", "hello there", "--session", "s1"));
        Assert.Contains("s1", (await RunAsync("list")).Out, StringComparison.Ordinal);
        Assert.Contains("echo", (await RunAsync("agents")).Out, StringComparison.Ordinal);

        // Nothing runs any more: aborting is no mistake and changes nothing.
        Assert.Equal(0, (await RunAsync("abort", "s1")).Exit);
    }

    [Fact]
    public async Task What_does_not_exist_is_exit_1()
    {
        Assert.Equal(1, (await RunAsync("abort", "nowhere")).Exit);
        Assert.Equal(1, (await RunAsync("chat", "hello", "--agent", "nobody")).Exit);
    }

    private async Task<(int Exit, string Out)> RunAsync(params string[] args)
    {
        var output = new WatchedWriter();
        using var terminal = new Terminal
        {
            In = new StringReader(""),
            Out = output,
            Error = new WatchedWriter(),
            InIsTerminal = false,
            OutIsTerminal = false,
            Size = (100, 30),
            Interrupts = new ManualInterrupts(),
            Variable = name => name == "SESSIONS_URL" ? _server.Address.ToString() : null,
        };
        var exit = await new App(terminal, new SessionsClientOptions()).RunAsync(args).WaitAsync(Patience);
        return (exit, output.Text);
    }
}
