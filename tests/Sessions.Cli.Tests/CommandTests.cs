using Sessions.Protocol;
using Sessions.Testing.Fakes;
using static Sessions.Testing.Fakes.Wire;

namespace Sessions.Cli.Tests;

public sealed class CommandTests : CliTest
{
    private const string Abort = "/v1/sessions/s1/abort";
    private const string Events = "/v1/sessions/s1/events";

    [Theory]
    [InlineData("aborted r2\naborted r1\n", "r2", "r1")]
    [InlineData("nothing to abort\n")]
    public async Task Abort_says_what_it_did(string output, params string[] aborted)
    {
        Server.On("POST", Abort, Plays.Json(new AbortResponse(aborted, [], false), ProtocolJson.Default.AbortResponse));

        Assert.Equal(0, await RunAsync("abort", "s1"));

        Assert.Equal(output, Out.Text);
    }

    [Fact]
    public async Task Abort_names_a_run_or_a_key()
    {
        Server.On("POST", Abort,
            Plays.Json(new AbortResponse([], ["r1"], false), ProtocolJson.Default.AbortResponse),
            Plays.Json(new AbortResponse([], [], true), ProtocolJson.Default.AbortResponse));

        Assert.Equal(0, await RunAsync("abort", "s1", "--run", "r1"));
        Assert.Equal(0, await RunAsync("abort", "s1", "--key", "k1"));

        Assert.Equal("had ended r1\nthe send with this key will be aborted when it comes\n", Out.Text);
        Assert.Contains("\"runId\":\"r1\"", Server.Seen[0].Body, StringComparison.Ordinal);
        Assert.Contains("\"idempotencyKey\":\"k1\"", Server.Seen[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Abort_for_scripts_is_the_answer_on_a_line()
    {
        Server.On("POST", Abort, Plays.Json(new AbortResponse(["r1"], [], false), ProtocolJson.Default.AbortResponse));

        Assert.Equal(0, await RunAsync("abort", "s1", "--json"));

        Assert.Equal("r1", Assert.Single(JsonLines()).GetProperty("aborted")[0].GetString());
    }

    [Fact]
    public async Task Events_are_printed_one_a_line_until_the_session_is_deleted()
    {
        Server.On("GET", Events, Plays.Stream(
            Queued(3), Started(4), Synchronized(4), Delta(5, "a\nb \u001b[31m🦜"), Failed(6), Deleted(7)));

        Assert.Equal(0, await RunAsync("events", "s1", "--after", "2"));

        Assert.Equal(
            [
                "3 2026-01-02T03:04:05.000Z run.queued r1 \"hi\"",
                "4 2026-01-02T03:04:05.000Z run.started r1 attempt 1 on w1",
                "5 2026-01-02T03:04:05.000Z run.delta r1 \"a\\nb \\u001B[31m🦜\"",
                "6 2026-01-02T03:04:05.000Z run.failed r1 worker_lost: The lease expired.",
                "7 2026-01-02T03:04:05.000Z session.deleted - idle version 9",
            ],
            Out.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Surrogates));
        Assert.Equal($"{Events}?after=2", Server.Seen[0].Target);
    }

    [Fact]
    public async Task Events_of_a_run_end_with_it()
    {
        Server.On("GET", "/v1/sessions/s1/runs/r1", Plays.Run(Run()));
        Server.On("GET", Events, Plays.Stream(Queued(2), Completed(9, "x"), End()));

        Assert.Equal(0, await RunAsync("events", "s1", "--run", "r1", "--json"));

        Assert.Equal([2, 9], JsonLines().Select(line => line.GetProperty("seq").GetInt64()));
    }

    [Fact]
    public async Task Events_end_with_an_interrupt()
    {
        Server.On("GET", Events, Plays.Stream(Created(), StreamPart.Hold));

        var events = RunAsync("events", "s1");
        await Out.WaitForAsync("session.created");
        Interrupts.Press();

        Assert.Equal(0, await events);
        await Server.Seen[0].LeftAsync();
    }

    [Fact]
    public async Task A_deleted_session_is_exit_1()
    {
        Server.On("GET", Events, Plays.Problem(410, ProblemCodes.SessionDeleted));

        Assert.Equal(1, await RunAsync("events", "s1"));
        Assert.StartsWith("error: session_deleted", Error.Text, StringComparison.Ordinal);
        Assert.Empty(Out.Text);
    }

    [Fact]
    public async Task Agents_are_a_table_or_lines_for_scripts()
    {
        Server.On("GET", "/v1/agents",
            Plays.Json(new AgentList([new AgentResource("echo", "echo", 2)]), ProtocolJson.Default.AgentList));

        Assert.Equal(0, await RunAsync("agents"));
        var words = Out.Text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["AGENT", "KIND", "WORKERS", "echo", "echo", "2"], words);
    }

    [Fact]
    public async Task Workers_are_listed_by_the_agents_that_they_are_connected_for()
    {
        Server.On("GET", "/v1/agents",
            Plays.Json(Two(), ProtocolJson.Default.AgentList),
            Plays.Json(Two(), ProtocolJson.Default.AgentList),
            Plays.Json(new AgentList([]), ProtocolJson.Default.AgentList));

        Assert.Equal(0, await RunAsync("workers"));
        Assert.Equal(["WORKERS AGENT KIND", "2 far remote"], Out.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

        var before = Out.Text.Length;
        Assert.Equal(0, await RunAsync("workers", "--json"));
        Assert.Equal("{\"name\":\"far\",\"kind\":\"remote\",\"workers\":2}\n", Out.Text[before..]);

        Assert.Equal(0, await RunAsync("workers"));
        Assert.Equal("no worker is connected\n", Error.Text);

        static AgentList Two() => new([new AgentResource("idle", "remote", 0), new AgentResource("far", "remote", 2)]);
    }

    [Fact]
    public async Task Agents_for_scripts_are_one_a_line()
    {
        Server.On("GET", "/v1/agents",
            Plays.Json(new AgentList([new AgentResource("echo", "echo", 2)]), ProtocolJson.Default.AgentList));

        Assert.Equal(0, await RunAsync("agents", "--json"));
        Assert.Equal("echo", Assert.Single(JsonLines()).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData]
    [InlineData("talk")]
    [InlineData("chat", "--jsn")]
    [InlineData("chat", "hi", "there")]
    [InlineData("chat", "hi", "--timeout", "0")]
    [InlineData("chat", "hi", "--timeout", "soon")]
    [InlineData("chat", "hi", "--session", "a/b")]
    [InlineData("chat", "hi", "--url", "localhost:5080")]
    [InlineData("list", "--status", "busy")]
    [InlineData("abort")]
    [InlineData("abort", "s1", "--run", "r", "--key", "k")]
    [InlineData("events", "s1", "--after", "-1")]
    [InlineData("events", "s1", "--after", "x")]
    [InlineData("agents", "--colour")]
    public async Task A_wrong_command_line_is_exit_2_and_says_why(params string[] args)
    {
        Assert.Equal(2, await RunAsync(args));

        Assert.NotEmpty(Error.Text);
        Assert.Empty(Out.Text);
        Assert.Empty(Server.Seen);
    }

    [Theory]
    [InlineData("chat", "hi", "--session", "s1")]
    [InlineData("list")]
    [InlineData("list", "--watch")]
    [InlineData("abort", "s1")]
    [InlineData("events", "s1")]
    [InlineData("agents")]
    public async Task A_server_that_can_t_be_reached_is_exit_4(params string[] args)
    {
        await using var nobody = FakeServer.NotYetListening();

        Assert.Equal(4, await RunAsync([.. args, "--url", nobody.Address.ToString()]));

        Assert.Contains(nobody.Address.ToString(), Error.Text, StringComparison.Ordinal);
        Assert.Contains("trying again", Error.Text, StringComparison.Ordinal);
        Assert.Empty(Out.Text);
    }

    [Fact]
    public async Task Help_is_no_error()
    {
        Assert.Equal(0, await RunAsync("chat", "--help"));
        Assert.Contains("--session", Out.Text, StringComparison.Ordinal);
    }

    private static string Surrogates(string line) => line.Replace("\\uD83E\\uDD9C", "🦜", StringComparison.Ordinal);
}
