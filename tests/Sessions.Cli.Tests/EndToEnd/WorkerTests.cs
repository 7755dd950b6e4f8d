using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Sessions.Client;
using Sessions.Protocol;
using Sessions.Testing.EndToEnd;

namespace Sessions.Cli.Tests.EndToEnd;

/// <summary><c>sessions worker</c> as the process that people start, against the real server, with real children.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The end of the test disposes of it.")]
public sealed class WorkerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly string _folder = Directory.CreateTempSubdirectory("sessions-worker-").FullName;
    private readonly List<Process> _processes = [];
    private RealServer _server = null!;
    private SessionsClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await RealServer.StartAsync();
        _client = new SessionsClient(_server.Address);
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _client.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_command_serves_an_agent_says_so_and_ends_with_sigterm()
    {
        var (worker, output) = Start("--agent", "shout", "--command", "tr", "--format", "text", "--concurrency", "2", "--", "a-z", "A-Z");
        await ConnectedAsync("shout");
        var run = await SendAsync("s1", "Grüße there", "shout");
        Assert.Contains("\"INPUT\":{\"TEXT\":\"GRüßE THERE\"}", (await EndAsync(run)).Text, StringComparison.Ordinal);
        await output.WaitForAsync("run r1 of session s1 completed\n");

        await SignalAsync(worker, "TERM");
        Assert.Equal(0, await ExitAsync(worker));
        Assert.Contains($"serves agent shout at {_server.Address}, 2 runs at a time\n", output.Text, StringComparison.Ordinal);
        Assert.Contains("run r1 of session s1 started\n", output.Text, StringComparison.Ordinal);

        // The run is told to be over before the child's slot is free.
        Assert.Matches("stopping; [01] running runs have 10 s\n$", output.Text);
    }

    [Fact]
    public async Task It_goes_on_to_another_server_when_one_is_not_there()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var nowhere = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        taken.Stop();

        Start("--agent", "there", "--command", "echo", "--format", "text", "--url", nowhere, "--url", $"{_server.Address}", "--", "-n", "yes");
        await ConnectedAsync("there");
        Assert.Equal("yes", (await EndAsync(await SendAsync("s1", "x", "there"))).Text);
    }

    [Fact]
    public async Task A_child_that_fails_is_told_with_its_run()
    {
        var (_, output) = Start("--agent", "bad", "--command", "sh", "--", "-c", "echo broken >&2; exit 7");
        await ConnectedAsync("bad");
        Assert.Equal("worker_exited", (await EndAsync(await SendAsync("s1", "x", "bad"))).Run.Error?.Code);
        await output.WaitForAsync(
            "run r1 of session s1 failed: worker_exited: The process exited with code 7 without a report. Its standard error ended with: broken\n");
    }

    [Fact]
    public async Task The_first_signal_lets_runs_end_and_the_second_does_not()
    {
        var script = $"until [ -e {_folder}/go ]; do sleep 0.01; done; echo '{{\"type\":\"complete\",\"text\":\"done\"}}'";
        var (patient, patientOutput) = Start("--agent", "a", "--command", "sh", "--", "-c", script);
        await ConnectedAsync("a");
        var run = await SendAsync("s1", "x", "a");
        await patientOutput.WaitForAsync("s1 started");
        await SignalAsync(patient, "TERM");
        await patientOutput.WaitForAsync("stopping; 1 running runs have 10 s");
        await File.WriteAllTextAsync(Path.Combine(_folder, "go"), "");
        Assert.Equal("done", (await EndAsync(run)).Text);
        Assert.Equal(0, await ExitAsync(patient));

        var (hurried, hurriedOutput) = Start("--agent", "b", "--command", "sleep", "--", "1000");
        await ConnectedAsync("b");
        run = await SendAsync("s2", "x", "b");
        await hurriedOutput.WaitForAsync("s2 started");
        await SignalAsync(hurried, "TERM");
        await hurriedOutput.WaitForAsync("stopping");
        await SignalAsync(hurried, "INT");
        Assert.Equal("worker_shutdown", (await EndAsync(run)).Run.Error?.Code);
        Assert.Equal(0, await ExitAsync(hurried));
    }

    [Fact]
    public async Task More_runs_than_it_may_have_stay_queued_and_its_children_die_with_it()
    {
        var (worker, output) = Start(
            "--agent", "one", "--command", "sh", "--concurrency", "1", "--", "-c",
            "echo $$ > $0/group; echo '{\"type\":\"delta\",\"text\":\"up\"}'; trap '' TERM; sleep 1000 & sleep 1000; sleep 1000", _folder);
        await ConnectedAsync("one");
        var first = await SendAsync("s1", "x", "one");
        var second = await SendAsync("s2", "x", "one");
        await output.WaitForAsync("session s1 started");
        var group = await GroupAsync();
        Assert.Equal(RunStatuses.Queued, (await second.GetAsync()).Status);
        Assert.DoesNotContain("s2", output.Text, StringComparison.Ordinal);

        // What the worker has read from the child is proof that it has noted it.
        await foreach (var happened in first.Events())
        {
            if (happened.Text == "up")
                break;
        }

        worker.Kill();
        await UntilAsync(() => !Directory.Exists($"/proc/{group}"), "The child outlives its worker.");
    }

    [Theory]
    [InlineData("--agent", "--command", "cat")]
    [InlineData("--command", "--agent", "a")]
    [InlineData("ndjson", "--agent", "a", "--command", "cat", "--format", "xml")]
    [InlineData("1 to 10000", "--agent", "a", "--command", "cat", "--concurrency", "0")]
    [InlineData("agent's name", "--agent", "a b", "--command", "cat")]
    [InlineData("Command", "--agent", "a", "--command", " ")]
    [InlineData("http", "--agent", "a", "--command", "cat", "--url", "nowhere")]
    [InlineData("put -- before it", "--agent", "a", "--command", "cat", "-n")]
    public async Task A_wrong_command_line_is_exit_2_and_says_why(string why, params string[] args)
    {
        var error = new WatchedWriter();
        using var terminal = new Terminal
        {
            In = new StringReader(""),
            Out = new WatchedWriter(),
            Error = error,
            Interrupts = new ManualInterrupts(),
            Variable = _ => null,
        };
        Assert.Equal(2, await new App(terminal).RunAsync(["worker", .. args]).WaitAsync(Patience));
        Assert.Contains(why, error.Text, StringComparison.Ordinal);
    }

    private (Process Process, WatchedWriter Output) Start(params string[] args)
    {
        // With the tests' own dependencies: what the shared framework has is not copied beside them.
        var built = Path.Combine(AppContext.BaseDirectory, "Sessions.Cli.Tests");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "exec", "--runtimeconfig", $"{built}.runtimeconfig.json", "--depsfile", $"{built}.deps.json",
                Path.Combine(AppContext.BaseDirectory, "sessions.dll"), "worker", .. args,
            ])
        {
            RedirectStandardOutput = true,
            Environment = { ["SESSIONS_URL"] = _server.Address.ToString() },
        };
        var process = new Process { StartInfo = start };
        var output = new WatchedWriter();
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                output.WriteLine(line.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
        _processes.Add(process);
        return (process, output);
    }

    private Task<RunHandle> SendAsync(string session, string text, string agent) =>
        _client.Session(session).SendAsync(text, new SendOptions { Agent = agent, RunId = "r1" });

    private static Task<RunResult> EndAsync(RunHandle run) => run.WaitAsync().WaitAsync(Patience);

    private async Task ConnectedAsync(string agent)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!(await _client.AgentsAsync(patience.Token)).Any(known => known.Name == agent && known.Workers == 1))
            await Task.Delay(20, patience.Token);
    }

    private async Task<int> GroupAsync()
    {
        var group = 0;
        var path = Path.Combine(_folder, "group");
        await UntilAsync(() => File.Exists(path) && int.TryParse(File.ReadAllText(path), out group), "The child does not run.");
        return group;
    }

    private static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        var from = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(from) < Patience, otherwise);
            await Task.Delay(20);
        }
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task<int> ExitAsync(Process process)
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }
}
