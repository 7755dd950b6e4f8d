using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Sessions.Testing;

namespace Sessions.Server.Tests;

/// <summary>The built server as a process of its own. Ends only what it started.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri?> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public HttpClient Http { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    /// <summary>Starts a server on a free port, and waits until it listens.</summary>
    public static async Task<ServerProcess> StartAsync(IReadOnlyDictionary<string, string>? environment = null, params string[] args)
    {
        var server = Spawn(environment, ["--urls=http://127.0.0.1:0", .. args]);
        server.Address = await server._listening.Task.WaitAsync(Deadline)
            ?? throw new InvalidOperationException($"The server did not start: {server.Errors}");
        server.Http = new HttpClient { BaseAddress = server.Address, Timeout = Deadline };
        return server;
    }

    /// <summary>Starts a server just so.</summary>
    public static ServerProcess Spawn(IReadOnlyDictionary<string, string>? environment, params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Sessions.Server.dll"));
        foreach (var arg in args)
            start.ArgumentList.Add(arg);

        foreach (var inherited in start.Environment.Keys.Where(key => Inherited().IsMatch(key)).ToArray())
            start.Environment.Remove(inherited);

        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;

        var server = new ServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        server._process.OutputDataReceived += (_, line) => server.Heard(server._output, line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Heard(server._errors, line.Data);
        server._process.Exited += (_, _) => server._listening.TrySetResult(null);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Sends SIGTERM to this process and no other.</summary>
    public void Terminate() => ProcessSignal.Terminate.SendTo(_process.Id);

    /// <summary>Ends this process as a crash would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Waits for the end, and gives the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"The server did not end: {_output}{_errors}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        await _process.WaitForExitAsync();
        Http?.Dispose();
        _process.Dispose();
    }

    [GeneratedRegex("^(Sessions|ASPNETCORE|DOTNET_URLS|OPENAI|Kestrel|Logging|urls)", RegexOptions.IgnoreCase)]
    private static partial Regex Inherited();

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();

    private static string Read(StringBuilder heard)
    {
        lock (heard)
            return heard.ToString();
    }

    private void Heard(StringBuilder text, string? line)
    {
        if (line is null)
            return;

        lock (text)
            text.AppendLine(line);

        if (Listening().Match(line) is { Success: true } match)
            _listening.TrySetResult(new Uri(match.Groups[1].Value));
    }
}
