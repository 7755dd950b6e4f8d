using Sessions.Protocol;
using Sessions.Testing.Fakes;

namespace Sessions.Cli.Tests.Listing;

public sealed class ListTests : CliTest
{
    private const string Watch = "/v1/sessions/watch";

    [Fact]
    public async Task A_list_in_a_pipe_is_a_plain_table()
    {
        var titled = Wire.Session("a", title: "Evil \u001b[31m title " + new string('x', 150), active: true);
        Server.On("GET", "/v1/sessions",
            Plays.Json(new SessionPage([titled], "c"), ProtocolJson.Default.SessionPage),
            Plays.Json(new SessionPage([Wire.Session("b")], null), ProtocolJson.Default.SessionPage));

        Assert.Equal(0, await RunAsync("list", "--active", "--status", "running", "--agent", "echo"));

        var lines = Out.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("SESSION", lines[0], StringComparison.Ordinal);
        Assert.Contains(new string('x', 150), lines[1], StringComparison.Ordinal);
        Assert.StartsWith("b", lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', Out.Text);
        Assert.Equal("/v1/sessions?status=running&active=true&agent=echo", Server.Seen[0].Target);
    }

    [Fact]
    public async Task A_list_on_a_terminal_keeps_an_id_on_one_line_and_a_long_title_short()
    {
        var id = Guid.CreateVersion7().ToString();
        var titled = Wire.Session(id, title: new string('x', 150)) with { QueuedRunIds = ["r1", "r2"] };
        Server.On("GET", "/v1/sessions", Plays.Json(new SessionPage([titled], null), ProtocolJson.Default.SessionPage));

        Assert.Equal(0, await RunAsync("", isTerminal: true, "list"));

        Assert.Contains(id, Out.Text, StringComparison.Ordinal);
        Assert.Contains("idle +2", Out.Text, StringComparison.Ordinal);
        Assert.Contains("xxx…", Out.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_for_scripts_is_one_session_a_line()
    {
        Server.On("GET", "/v1/sessions",
            Plays.Json(new SessionPage([Wire.Session("a"), Wire.Session("b")], null), ProtocolJson.Default.SessionPage));

        Assert.Equal(0, await RunAsync("list", "--json"));

        Assert.Equal(["a", "b"], JsonLines().Select(line => line.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task A_watch_in_a_pipe_writes_a_line_for_each_change_until_interrupted()
    {
        Server.On("GET", Watch, Plays.Stream(
            Wire.Watched(Wire.Session("a", 1, active: true)), Wire.Synchronized(), Wire.Watched(Wire.Session("b", 1)),
            Wire.Watched(Wire.Session("a", 2)), Wire.Watched(Wire.Session("a", 3, deleted: true)), StreamPart.Hold));

        var list = RunAsync("list", "--watch");
        await Out.WaitForAsync("a deleted");
        Interrupts.Press();

        Assert.Equal(0, await list);
        Assert.Equal(
            ["a running echo r1", "b idle echo -", "a idle echo -", "a deleted echo -"],
            Out.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.IndexOf(' ') + 1)..]));
    }

    [Fact]
    public async Task A_watch_shows_what_leaves_the_filter_once()
    {
        Server.On("GET", Watch, Plays.Stream(
            Wire.Watched(Wire.Session("a", 1, active: true)), Wire.Synchronized(), Wire.Watched(Wire.Session("b", 1)),
            Wire.Watched(Wire.Session("a", 2)), Wire.Watched(Wire.Session("a", 3)),
            Wire.Watched(Wire.Session("c", 1, active: true)), StreamPart.Hold));

        var list = RunAsync("list", "--watch", "--active", "--json");
        await Out.WaitForAsync("\"c\"");
        Interrupts.Press();

        Assert.Equal(0, await list);
        Assert.Equal(["a 1", "a 2", "c 1"], JsonLines().Select(
            line => $"{line.GetProperty("id").GetString()} {line.GetProperty("version").GetInt64()}"));
        Assert.Equal($"{Watch}?snapshot=active", Server.Seen[0].Target);
    }

    [Fact]
    public async Task A_watch_on_a_terminal_draws_a_live_table()
    {
        Server.On("GET", Watch, Plays.Stream(
            Wire.Watched(Wire.Session("a", 1, title: "First")), Wire.Synchronized(),
            Wire.Watched(Wire.Session("a", 2, title: "Second")), StreamPart.Hold));

        var list = RunAsync("", isTerminal: true, "list", "--watch");
        await Out.WaitForAsync("Second");
        Interrupts.Press();

        Assert.Equal(0, await list);
        Assert.Contains("\u001b[", Out.Text, StringComparison.Ordinal);
        Assert.Contains("First", Out.Text, StringComparison.Ordinal);
    }
}
