using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Sessions.Server.Tests;

/// <summary>A server whose agent <c>sh</c> runs each message as a shell script, which finds its claim read already.</summary>
internal sealed partial class ProcessScene(ServerProcess server) : IAsyncDisposable
{
    /// <summary>Tells the test its process group.</summary>
    public const string Announce = "printf '{\"type\":\"notice\",\"text\":\"group %s\"}\\n' $$; ";

    /// <summary>Its group in a stream, once the child has told it.</summary>
    public const string Announced = "\"text\":\"group ";

    public const string Complete = "echo '{\"type\":\"complete\",\"text\":\"fine\"}'";

    private const string RunText =
        "import json,os,sys; os.execvp('sh', ['sh', '-c', json.loads(sys.stdin.readline())['run']['input']['text']])";

    public ServerProcess Server => server;

    public static async Task<ProcessScene> StartAsync(params string[] more) => new(await ServerProcess.StartAsync(
        null,
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
        ]));

    public async Task SendAsync(string session, string run, string text, string agent = "sh", int? timeoutSeconds = null)
    {
        using var sent = await server.Http.PostJsonAsync(
            $"/v1/sessions/{session}/messages", new { text, runId = run, agent, timeoutSeconds });
        Assert.Equal(202, (int)sent.StatusCode);
    }

    /// <summary>The run's events up to its end, and nothing behind it.</summary>
    public async Task<string> EventsAsync(string session, string run)
    {
        using var follower = await Follower.OpenAsync(server.Http, $"/v1/sessions/{session}/events?runId={run}&after=0");
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

    public ValueTask DisposeAsync() => server.DisposeAsync();

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
