using System.Text.Json;
using Sessions.Protocol;
using Sessions.Testing.Fakes;

namespace Sessions.Client.Tests.Sessions;

public sealed class SessionTests : ClientTest
{
    private const string TheSession = "/v1/sessions/s1";

    [Fact]
    public async Task A_session_created_without_an_id_is_created_once_over_a_broken_connection()
    {
        Server.On("POST", "/v1/sessions", Plays.Reset(), Plays.Session(Wire.Session()));

        await Client().CreateSessionAsync();

        var ids = Server.Seen.Select(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("id").GetString()).ToList();
        Assert.Equal(2, ids.Count);
        Assert.Equal(ids[0], ids[1]);
        Assert.True(Guid.TryParse(ids[0], out _), ids[0]);
    }

    [Fact]
    public async Task A_session_is_created_as_asked()
    {
        Server.On("POST", "/v1/sessions", Plays.Json(Wire.Session(title: "T"), ProtocolJson.Default.SessionResource, 201));

        var session = await Client().CreateSessionAsync(new CreateSessionRequest
        {
            Id = "s1",
            Agent = "echo",
            Title = "T",
            Metadata = new Dictionary<string, string?> { ["k"] = "ü" },
        });

        Assert.Equal("T", session.Title);
        var body = JsonSerializer.Deserialize(Server.Seen[0].Body, ProtocolJson.Default.CreateSessionRequest)!;
        Assert.Equal(("s1", "echo", "T", "ü"), (body.Id, body.Agent, body.Title, body.Metadata!["k"]));
    }

    [Fact]
    public async Task Update_sends_what_changes()
    {
        Server.On("PATCH", TheSession, Plays.Session(Wire.Session(title: "New")));

        var session = await Session().UpdateAsync(new UpdateSessionRequest { Title = "New" });

        Assert.Equal("New", session.Title);
        Assert.Contains("\"title\":\"New\"", Server.Seen[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_over_a_broken_connection_is_repeated()
    {
        Server.On("DELETE", TheSession, Plays.Reset(), Plays.Status(204));

        await Session().DeleteAsync();

        Assert.Equal(2, Server.Seen.Count);
    }

    [Fact]
    public async Task A_deleted_session_is_an_error_with_its_code()
    {
        Server.On("GET", TheSession, Plays.Problem(410, ProblemCodes.SessionDeleted));

        var thrown = await Assert.ThrowsAsync<SessionsException>(() => Session().GetAsync());

        Assert.Equal((ProblemCodes.SessionDeleted, 410, "s1"), (thrown.Code, thrown.Status, thrown.SessionId));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("r1", null)]
    [InlineData(null, "k1")]
    public async Task Abort_names_all_a_run_or_a_key(string? runId, string? key)
    {
        Server.On("POST", $"{TheSession}/abort",
            Plays.Json(new AbortResponse([], [], Pending: true), ProtocolJson.Default.AbortResponse));

        var response = await Session().AbortAsync(runId, key);

        Assert.True(response.Pending);
        var body = JsonSerializer.Deserialize(Server.Seen[0].Body, ProtocolJson.Default.AbortRequest)!;
        Assert.Equal((runId, key), (body.RunId, body.IdempotencyKey));
    }

    [Fact]
    public async Task Sessions_are_listed_page_after_page()
    {
        Server.On("GET", "/v1/sessions",
            Plays.Json(new SessionPage([Wire.Session("a"), Wire.Session("b")], "c&1"), ProtocolJson.Default.SessionPage),
            Plays.Json(new SessionPage([Wire.Session("c")], null), ProtocolJson.Default.SessionPage));

        var filter = new SessionFilter { Status = SessionStatuses.Idle, Active = false, Agent = "echo", PageSize = 2 };
        var sessions = await ReadAsync(Client().ListSessions(filter));

        Assert.Equal(["a", "b", "c"], sessions.Select(session => session.Id));
        Assert.Equal(
            [
                "/v1/sessions?status=idle&active=false&agent=echo&limit=2",
                "/v1/sessions?status=idle&active=false&agent=echo&limit=2&cursor=c%261",
            ],
            Server.Seen.Select(request => request.Target));
    }

    [Fact]
    public async Task Runs_are_listed_page_after_page()
    {
        Server.On("GET", $"{TheSession}/runs",
            Plays.Json(new RunPage([Wire.Run(id: "r2")], "x"), ProtocolJson.Default.RunPage),
            Plays.Json(new RunPage([Wire.Run()], null), ProtocolJson.Default.RunPage));

        var runs = await ReadAsync(Session().Runs());

        Assert.Equal(["r2", "r1"], runs.Select(run => run.Id));
    }

    [Fact]
    public async Task Messages_are_listed_until_a_page_is_empty()
    {
        Server.On("GET", $"{TheSession}/messages",
            Plays.Json(new MessageList([Message(3), Message(8)]), ProtocolJson.Default.MessageList),
            Plays.Json(new MessageList([Message(9)]), ProtocolJson.Default.MessageList),
            Plays.Json(new MessageList([]), ProtocolJson.Default.MessageList));

        var messages = await ReadAsync(Session().Messages(after: 2));

        Assert.Equal([3, 8, 9], messages.Select(message => message.Seq));
        Assert.Equal(
            [$"{TheSession}/messages?after=2", $"{TheSession}/messages?after=8", $"{TheSession}/messages?after=9"],
            Server.Seen.Select(request => request.Target));
    }

    [Fact]
    public async Task Agents_are_listed()
    {
        Server.On("GET", "/v1/agents",
            Plays.Json(new AgentList([new AgentResource("echo", "echo", 1)]), ProtocolJson.Default.AgentList));

        Assert.Equal("echo", Assert.Single(await Client().AgentsAsync()).Name);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("ü")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("watch")]
    [InlineData("")]
    public void What_no_url_can_name_is_no_id(string id) => Assert.Throws<ArgumentException>(() => Client().Session(id));

    [Fact]
    public async Task A_base_address_may_have_a_path()
    {
        Server.On("GET", "/behind/proxy/v1/sessions/a:b.c_d-e", Plays.Session(Wire.Session("a:b.c_d-e")));
        using var http = new HttpClient { BaseAddress = new Uri(Server.Address, "behind/proxy") };
        using var client = new SessionsClient(http);

        Assert.Equal("a:b.c_d-e", (await client.Session("a:b.c_d-e").GetAsync()).Id);
    }

    private static MessageResource Message(long seq) =>
        new($"m{seq}", MessageRoles.User, "hi", "r1", RunStatuses.Completed, Wire.At, seq);
}
