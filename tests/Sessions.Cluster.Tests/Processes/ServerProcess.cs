using System.Diagnostics;
using System.Text.RegularExpressions;
using Sessions.Core;

namespace Sessions.Cluster.Tests;

/// <summary>The built server as a process of its own, on a free loopback port. Ends nothing but what it started.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int KeptLines = 4000;

    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<Uri?> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WorkerId> _worker = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _refusals;

    private ServerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public Uri Address { get; private set; } = null!;

    /// <summary>The worker that runs the agents in the process.</summary>
    public WorkerId Worker { get; private set; }

    /// <summary>How often its worker was told that a lease is gone.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    public static async Task<ServerProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Sessions.Server.dll"));
        start.ArgumentList.Add("--urls=http://127.0.0.1:0");
        foreach (var inherited in start.Environment.Keys.Where(key => Inherited().IsMatch(key)).ToArray())
            start.Environment.Remove(inherited);

        foreach (var (key, value) in settings)
            start.Environment[key] = value;

        var server = new ServerProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        server._process.OutputDataReceived += (_, line) => server.Heard(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Heard(line.Data);
        server._process.Exited += (_, _) => server._listening.TrySetResult(null);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            server.Address = await server._listening.Task.WaitAsync(Times.Start)
                ?? throw new InvalidOperationException("The server ended instead of starting.");
            server.Worker = await server._worker.Task.WaitAsync(Times.Start);
            return server;
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"A server did not start: {string.Join('\n', server.Tail(40))}", exception);
        }
    }

    /// <summary>The newest lines that it wrote.</summary>
    public IReadOnlyList<string> Tail(int lines)
    {
        lock (_lines)
            return [.. _lines.TakeLast(lines)];
    }

    /// <summary>Kills it, as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        await ExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Times.Start);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    [GeneratedRegex("^(Sessions|ASPNETCORE|DOTNET_URLS|OPENAI|Kestrel|Logging|ConnectionStrings|urls)", RegexOptions.IgnoreCase)]
    private static partial Regex Inherited();

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"Worker (\S+) takes runs of")]
    private static partial Regex TakesRuns();

    private void Heard(string? line)
    {
        if (line is null)
            return;

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }

        if (line.Contains(": its lease is gone, says the answer", StringComparison.Ordinal))
            Interlocked.Increment(ref _refusals);
        else if (Listening().Match(line) is { Success: true } listening)
            _listening.TrySetResult(new Uri(listening.Groups[1].Value));
        else if (TakesRuns().Match(line) is { Success: true } worker)
            _worker.TrySetResult(new WorkerId(worker.Groups[1].Value));
    }
}
