using System.Diagnostics;
using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Cli.Tests.Processes;

/// <summary>The command line as the process that people start.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private const string Messages = "/v1/sessions/s1/messages";
    private const string Events = "/v1/sessions/s1/events";
    private const string Abort = "/v1/sessions/s1/abort";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly List<Process> _processes = [];
    private FakeServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeServer.StartAsync();
        _server.On("POST", Messages, Plays.Sent(Run()));
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }

        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_answered_to_the_letter()
    {
        _server.On("GET", Events, Plays.Stream(Delta(2, "Grüße\n🦜 "), Completed(3, "Grüße\n🦜 "), End()));
        var process = Start("chat", "hi 🦜", "--session", "s1");

        Assert.Equal("Grüße\n🦜 ", await process.StandardOutput.ReadToEndAsync());
        Assert.Equal((0, ""), (await ExitAsync(process), await process.StandardError.ReadToEndAsync()));
        Assert.Contains("hi", _server.Seen[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_standard_input_are_messages_and_json_comes_out()
    {
        _server.On("GET", Events, Plays.Stream(Delta(2, "ü"), Completed(3, "ü"), End()));
        var process = Start("chat", "--session", "s1", "--json");

        await process.StandardInput.WriteAsync("one\ntwo");
        process.StandardInput.Close();

        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("{\"seq\":", line, StringComparison.Ordinal));
        Assert.Equal(0, await ExitAsync(process));
    }

    [Fact]
    public async Task Ctrl_c_aborts_the_run_and_a_completed_abort_is_exit_3()
    {
        var aborted = new TaskCompletionSource();
        _server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), StreamPart.WaitFor(aborted.Task), Aborted(3, "Hel"), End()));
        _server.On("POST", Abort, Plays.Json(new AbortResponse(["r1"], [], false), ProtocolJson.Default.AbortResponse));
        var process = Start("chat", "hi", "--session", "s1");
        await ReadAsync(process, "Hel");

        await InterruptAsync(process);
        await _server.WaitForAsync($"POST {Abort}");
        aborted.SetResult();

        Assert.Equal(3, await ExitAsync(process));
    }

    [Fact]
    public async Task A_second_ctrl_c_leaves_a_run_that_does_not_end()
    {
        _server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), StreamPart.Hold));
        _server.On("POST", Abort, Plays.Silence());
        var process = Start("chat", "hi", "--session", "s1");
        await ReadAsync(process, "Hel");

        await InterruptAsync(process);
        await _server.WaitForAsync($"POST {Abort}");
        await InterruptAsync(process);

        Assert.Equal(130, await ExitAsync(process));
    }

    [Fact]
    public async Task Ctrl_c_ends_a_conversation_that_waits_for_input()
    {
        _server.On("GET", Events, Plays.Stream(Delta(2, "Hel"), Completed(3, "Hel"), End()));
        var process = Start("chat", "--session", "s1");
        await process.StandardInput.WriteAsync("one\n");
        await process.StandardInput.FlushAsync();
        await ReadAsync(process, "Hel");

        // Between the turn's end and the next read an interrupt may still find the turn; then another one is needed.
        using var patience = new CancellationTokenSource(Patience);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        do
        {
            await InterruptAsync(process);
        }
        while (await again.WaitForNextTickAsync(patience.Token) && !process.HasExited);

        Assert.Equal(130, await ExitAsync(process));
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_the_process()
    {
        var more = new TaskCompletionSource();
        _server.On("GET", Events, Plays.Stream(Created(), StreamPart.WaitFor(more.Task), Queued(2), StreamPart.Hold));
        var process = Start("events", "s1");
        await process.StandardOutput.ReadLineAsync();

        process.StandardOutput.Close();
        more.SetResult();

        Assert.Equal(141, await ExitAsync(process));
    }

    [Fact]
    public async Task A_wrong_command_line_is_exit_2()
    {
        var process = Start("chat", "--nonsense");

        Assert.Equal(2, await ExitAsync(process));
        Assert.Contains("--nonsense", await process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "sessions.dll"), .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SESSIONS_URL"] = _server.Address.ToString() },
        };
        var process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }

    private static async Task InterruptAsync(Process process)
    {
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task ReadAsync(Process process, string text)
    {
        var buffer = new char[text.Length];
        using var patience = new CancellationTokenSource(Patience);
        await process.StandardOutput.ReadBlockAsync(buffer, patience.Token);
        Assert.Equal(text, new string(buffer));
    }

    private static async Task<int> ExitAsync(Process process)
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }
}
