using System.Diagnostics;
using System.Net;

namespace Sessions.Load;

/// <summary>A server in a process of its own, under the settings of the real server's runtime.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, IPEndPoint address)
    {
        _process = process;
        Address = address;
    }

    public IPEndPoint Address { get; }

    public string Url => $"http://{Address}";

    public static Task<ServerProcess> StartAsync(string kind, CancellationToken cancellationToken) =>
        StartAsync(kind, null, cancellationToken);

    /// <summary>Starts one over a database, or in memory, with settings besides those of every load.</summary>
    public static async Task<ServerProcess> StartAsync(
        string kind, string? connectionString, CancellationToken cancellationToken, params IEnumerable<string> settings)
    {
        var process = LoadProcess.Start(connectionString, [ServeCommand.Name, kind, "--", .. settings]);
        try
        {
            // What it warns of at its start comes before the address.
            string? line;
            do
                line = await process.StandardOutput.ReadLineAsync(cancellationToken);
            while (line?.StartsWith("http://", StringComparison.Ordinal) == false);

            return line is null
                ? throw new InvalidOperationException("The server's process ended before it was ready.")
                : new ServerProcess(process, IPEndPoint.Parse(new Uri(line).Authority));
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>What the server's process has allocated and holds; what it holds is exact after a forced collection.</summary>
    public async Task<MemorySample> SampleAsync(bool collect, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(collect ? "collect" : "sample");
        return MemorySample.Parse(await _process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The server's process is gone."));
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();

        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
