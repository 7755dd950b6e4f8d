using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>A worker on the real clock whose agent runs shell scripts, in a folder of its own.</summary>
internal sealed class ProcessFixture : IAsyncDisposable
{
    private readonly WorkerFixture _worker;

    public ProcessFixture(string script, ProcessFormat format = ProcessFormat.Ndjson, int maxConcurrency = 4)
        : this(folder => Shell(folder, script, format), maxConcurrency)
    {
    }

    public ProcessFixture(Func<string, ProcessAgentOptions> options, int maxConcurrency = 4)
    {
        _worker = new WorkerFixture(new ProcessAgent(options(Folder), TimeProvider.System), maxConcurrency, TimeProvider.System);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("sessions-process-").FullName;

    public ScriptedConnection Connection => _worker.Connection;

    /// <summary>A script for <c>sh</c>, whose <c>$0</c> is the folder, where it also runs.</summary>
    public static ProcessAgentOptions Shell(string folder, string script, ProcessFormat format = ProcessFormat.Ndjson) => new()
    {
        Command = "sh",
        Arguments = ["-c", script, folder],
        WorkingDirectory = folder,
        Format = format,
    };

    public async Task<LeaseState> EndAsync(ClaimResource? claim = null)
    {
        claim ??= Given.Claim();
        await BeginAsync(claim);
        await Connection.UntilEnded(claim);
        await FreeAsync();
        Assert.Single(Connection.Terminals, report => report.Run == ScriptedConnection.KeyOf(claim));
        return Connection.Lease(claim);
    }

    public async Task BeginAsync(ClaimResource claim)
    {
        Connection.Queue(claim);
        await _worker.StartAsync();
    }

    /// <summary>Waits until the worker holds no run any more, which is when the agents have let go.</summary>
    public Task FreeAsync() => _worker.Until(() => _worker.Worker.RunCount == 0);

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Waits for a number that a script writes to a file.</summary>
    public async Task<int> NumberAsync(string name)
    {
        var number = 0;
        await _worker.Until(() => File.Exists(PathOf(name)) && int.TryParse(File.ReadAllText(PathOf(name)), out number));
        return number;
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
