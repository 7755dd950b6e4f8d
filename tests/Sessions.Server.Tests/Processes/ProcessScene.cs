using System.Diagnostics;
using System.Text.RegularExpressions;
using Sessions.Testing.Postgres;

namespace Sessions.Server.Tests;

/// <summary>
/// Servers whose agent <c>sh</c> runs each message as a shell script, which finds its claim read already. The first one is
/// sent to, the last one is listened to; any of them may run the script.
/// </summary>
public sealed partial class ProcessScene : IAsyncDisposable
{
    private readonly IReadOnlyList<ServerProcess> _replicas;
    private readonly PostgresServer? _postgres;

    private ProcessScene(IReadOnlyList<ServerProcess> replicas, PostgresServer? postgres)
    {
        _replicas = replicas;
        _postgres = postgres;
    }

    /// <summary>Tells the test its process group.</summary>
    public const string Announce = "printf '{\"type\":\"notice\",\"text\":\"group %s\"}\\n' $$; ";

    /// <summary>Its group in a stream, once the child has told it.</summary>
    public const string Announced = "\"text\":\"group ";

    public const string Complete = "echo '{\"type\":\"complete\",\"text\":\"fine\"}'";

    private const string RunText =
        "import json,os,sys; os.execvp('sh', ['sh', '-c', json.loads(sys.stdin.readline())['run']['input']['text']])";

    /// <summary>The one that is sent to.</summary>
    internal ServerProcess Server => _replicas[0];

    /// <summary>The one that is listened to.</summary>
    internal HttpClient Reads => _replicas[^1].Http;

    /// <summary>Neither, when there are three.</summary>
    internal HttpClient Aborts => _replicas[_replicas.Count / 2].Http;

    /// <summary>One server, in memory.</summary>
    public static async Task<ProcessScene> StartAsync(params string[] more) => new([await ServeAsync(null, more)], null);

    /// <summary>Three replicas over a PostgreSQL.</summary>
    public static async Task<ProcessScene> StartReplicasAsync(params string[] more)
    {
        var postgres = await PostgresServer.StartAsync();
        var settings = new Dictionary<string, string>
        {
            ["Sessions__Store"] = "postgres",
            ["ConnectionStrings__Sessions"] = await postgres.CreateDatabaseAsync(),
        };
        return new ProcessScene(await Task.WhenAll(ServeAsync(settings, more), ServeAsync(settings, more), ServeAsync(settings, more)), postgres);
    }

    private static Task<ServerProcess> ServeAsync(Dictionary<string, string>? settings, string[] more) => ServerProcess.StartAsync(
        settings,
        [
            "--Sessions:Lease:Ttl=00:00:03",
            "--Sessions:Agents:sh:Kind=process",
            "--Sessions:Agents:sh:Command=python3",
            "--Sessions:Agents:sh:Arguments:0=-c",
            $"--Sessions:Agents:sh:Arguments:1={RunText}",
            "--Sessions:Agents:nothing:Kind=process",
            "--Sessions:Agents:nothing:Command=/no/such/program",
            "--Sessions:Agents:deaf:Kind=process",
            "--Sessions:Agents:deaf:Command=sh",
            "--Sessions:Agents:deaf:Arguments:0=-c",
            $"--Sessions:Agents:deaf:Arguments:1={Complete}",
            .. more,
        ]);

    public async Task SendAsync(string session, string run, string text, string agent = "sh", int? timeoutSeconds = null)
    {
        using var sent = await Server.Http.PostJsonAsync(
            $"/v1/sessions/{session}/messages", new { text, runId = run, agent, timeoutSeconds });
        Assert.Equal(202, (int)sent.StatusCode);
    }

    /// <summary>The run's events up to its end, and nothing behind it.</summary>
    public async Task<string> EventsAsync(string session, string run)
    {
        using var follower = await Follower.OpenAsync(Reads, $"/v1/sessions/{session}/events?runId={run}&after=0");
        Assert.True(await follower.EndsCleanlyAsync());
        return follower.Text;
    }

    public static int GroupIn(string events) => int.Parse(Group().Match(events).Groups[1].Value, null);

    public static int TerminalsIn(string events) => Terminal().Count(events);

    public static async Task IsGoneAsync(int group)
    {
        var from = Stopwatch.GetTimestamp();
        while (Living(group) is { Length: > 0 } left)
        {
            Assert.True(Stopwatch.GetElapsedTime(from) < ServerProcess.Deadline, $"Left of group {group}: {left}");
            await Task.Delay(20);
        }
    }

    /// <summary>What <c>/proc</c> says of a group's processes that are not dead.</summary>
    public static string Living(int group) => string.Join('\n', Directory.EnumerateDirectories("/proc").Select(Stat).Where(stat =>
    {
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 2 && fields[0] is not ("Z" or "X") && fields[2] == $"{group}";
    }));

    /// <summary>The replica whose child the group's leader is.</summary>
    internal ServerProcess ServerOf(int group) => _replicas.Single(replica => Stat($"/proc/{group}").Split(") ")[^1].Split(' ')[1] == $"{replica.Id}");

    /// <summary>One that listens and is another one than this.</summary>
    internal HttpClient ReadsBeside(ServerProcess server) => _replicas.First(replica => replica != server).Http;

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
            await replica.DisposeAsync();

        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    private static string Stat(string folder)
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(folder)[0]) ? File.ReadAllText(Path.Combine(folder, "stat")) : "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    [GeneratedRegex("\"text\":\"group (\\d+)\"")]
    private static partial Regex Group();

    [GeneratedRegex("^event: run\\.(completed|failed|aborted)", RegexOptions.Multiline)]
    private static partial Regex Terminal();
}
