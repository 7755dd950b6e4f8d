using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sessions.Testing.Postgres;

/// <summary>
/// A private PostgreSQL in a temporary folder, on a free loopback port; stopped and deleted when disposed. It can be killed
/// and started again. Durable as in production unless told otherwise.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder;
    private readonly string _settings;
    private readonly int _port;
    private Process? _server;
    private int _databases;

    private PostgresCluster(string folder, int port, string settings)
    {
        _folder = folder;
        _port = port;
        _settings = settings;
        ConnectionString = ConnectionTo("postgres");
    }

    /// <summary>To the database <c>postgres</c>, as superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Initialises and starts one.</summary>
    /// <param name="durable">False where nothing is tested or measured that a crash could show.</param>
    public static async Task<PostgresCluster> StartAsync(bool durable = true)
    {
        var folder = Directory.CreateTempSubdirectory("sessions-postgres-").FullName;
        if (IsRoot)
            await RunAsync("chown", "postgres", folder);

        await RunAsync(
            [.. AsOwner, PostgresBinaries.Find("initdb"), "--pgdata", Path.Combine(folder, "data"), "--auth=trust", "--username=sessions",
                "--encoding=UTF8", "--locale=C", "--no-sync"]);
        var cluster = new PostgresCluster(folder, FreePort(), durable ? "" : "-c fsync=off -c full_page_writes=off");
        await cluster.StartServerAsync();
        return cluster;
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name}", connection);
        await create.ExecuteNonQueryAsync();
        return ConnectionTo(name);
    }

    /// <summary>Kills the server as a crash would: all of its processes at once.</summary>
    public async Task KillAsync()
    {
        var server = _server ?? throw new InvalidOperationException("The server is not running.");
        var postmaster = await PostmasterAsync();

        // It forks all the time, and replaces children that die: only while it is stopped are these all there are. One that is
        // left over holds the shared memory, and no server can start again.
        await RunAsync("kill", "-STOP", $"{postmaster}");
        foreach (var child in ChildrenOf(postmaster))
            Kill(child);

        Kill(postmaster);
        await server.WaitForExitAsync();
        server.Dispose();
        _server = null;
    }

    /// <summary>Shuts the server down as an administrator would in a hurry: open connections are cut, what is written is safe.</summary>
    public async Task StopAsync()
    {
        var server = _server ?? throw new InvalidOperationException("The server is not running.");
        await RunAsync([.. AsOwner, PostgresBinaries.Find("pg_ctl"), "stop", "--pgdata", Path.Combine(_folder, "data"), "--mode=fast", "--wait"]);
        await server.WaitForExitAsync();
        server.Dispose();
        _server = null;
    }

    /// <summary>Starts the server again.</summary>
    public async Task StartServerAsync()
    {
        var start = new ProcessStartInfo { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] command =
        [
            .. AsOwner, PostgresBinaries.Find("postgres"), "-D", Path.Combine(_folder, "data"), "-p", $"{_port}", "-h", "127.0.0.1",
            "-k", _folder, "-c", "max_connections=200", "-c", "log_min_messages=fatal",
            .. _settings.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ];
        start.FileName = command[0];
        foreach (var argument in command[1..])
            start.ArgumentList.Add(argument);

        _server = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        var errors = _server.StandardError.ReadToEndAsync();
        _ = _server.StandardOutput.ReadToEndAsync();
        await ReadyAsync(errors);
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is not null)
            await KillAsync();

        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>The server refuses to run as root.</summary>
    private static string[] AsOwner => IsRoot
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        : [];

    private string ConnectionTo(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=sessions;Database={database};Maximum Pool Size=50;Timeout=5";

    private async Task ReadyAsync(Task<string> errors)
    {
        var from = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException exception)
            {
                if (_server!.HasExited)
                    throw new InvalidOperationException($"The server ended with {_server.ExitCode}: {await errors.WaitAsync(Patience)}", exception);

                if (Stopwatch.GetElapsedTime(from) > Patience)
                    throw new InvalidOperationException($"The server does not answer within {Patience}.", exception);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private async Task<int> PostmasterAsync()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(_folder, "data", "postmaster.pid"));
        return int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static IEnumerable<int> ChildrenOf(int parent)
    {
        var path = $"/proc/{parent}/task/{parent}/children";
        return File.Exists(path)
            ? File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)
            : [];
    }

    private static void Kill(int process)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            running.Kill();
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in command[1..])
            start.ArgumentList.Add(argument);

        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with {process.ExitCode}: {string.Join(' ', output)}");
    }
}
