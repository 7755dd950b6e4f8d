namespace Sessions.Gateway.Tests;

public sealed class CreateSessionTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private readonly Api _api = server.Api;

    [Fact]
    public async Task A_new_session_has_every_field_and_says_where_it_is()
    {
        var answer = await _api.PostAsync(
            "/v1/sessions", new { id = "c.1:a_B-9", agent = "scripted", title = "Title", metadata = new { a = "1", b = "" } });
        var session = Shape.Session(answer.Ok(201));
        Assert.Equal("/v1/sessions/c.1%3Aa_B-9", answer.Headers.Location?.OriginalString);
        Assert.Equal("c.1:a_B-9", session.Text("id"));
        Assert.Equal("scripted", session.Text("agent"));
        Assert.Equal("Title", session.Text("title"));
        Assert.Equal("""{"a":"1","b":""}""", session.GetProperty("metadata").GetRawText());
        Assert.Equal("idle", session.Text("status"));
        Assert.False(session.Flag("hasActiveRun"));
        Assert.True(session.IsNull("activeRunId"));
        Assert.Empty(session.Items("queuedRunIds"));
        Assert.Equal("none", session.GetProperty("binding").Text("state"));
        Assert.True(session.IsNull("lastError"));
        Assert.True(session.IsNull("lastRun"));
        Assert.Equal(1, session.Number("version"));
        Assert.Equal(1, session.Number("lastSeq"));
        Assert.Equal(1, session.Number("generation"));
        Assert.Equal(session.Text("createdAt"), session.Text("updatedAt"));
        Assert.Equal(answer.Text, (await _api.GetAsync("/v1/sessions/c.1:a_B-9")).Text);
    }

    [Fact]
    public async Task The_server_chooses_a_uuid_of_version_7_and_its_default_agent()
    {
        foreach (var body in new object?[] { null, new { }, new { id = (string?)null, unknown = new { deep = 1 } } })
        {
            var session = Shape.Session((await _api.PostAsync("/v1/sessions", body)).Ok(201));
            Assert.Equal(7, Guid.Parse(session.Text("id")!).Version);
            Assert.Equal("scripted", session.Text("agent"));
            Assert.True(session.IsNull("title"));
        }
    }

    [Fact]
    public async Task Creating_again_agrees_when_what_is_given_is_the_same()
    {
        var first = await _api.PostAsync("/v1/sessions", new { id = "again", agent = "other", title = "t", metadata = new { k = "v" } });
        first.Ok(201);
        foreach (var body in new object[]
        {
            new { id = "again" },
            new { id = "again", agent = "other" },
            new { id = "again", title = "t", metadata = new { k = "v" } },
        })
        {
            var again = await _api.PostAsync("/v1/sessions", body);
            again.Ok(200);
            Assert.Equal(first.Text, again.Text);
            Assert.Null(again.Headers.Location);
        }
    }

    [Fact]
    public async Task Creating_again_with_something_else_is_a_conflict()
    {
        (await _api.PostAsync("/v1/sessions", new { id = "differs", title = "t", metadata = new { k = "v" } })).Ok(201);
        (await _api.PostAsync("/v1/sessions", new { id = "differs", agent = "other" })).Problem(409, "session_conflict");
        (await _api.PostAsync("/v1/sessions", new { id = "differs", title = "u" })).Problem(409, "session_conflict");
        (await _api.PostAsync("/v1/sessions", new { id = "differs", metadata = new { k = "w" } })).Problem(409, "session_conflict");
        Assert.Equal(1, (await _api.GetAsync("/v1/sessions/differs")).Ok().Number("version"));
    }

    [Fact]
    public async Task An_unknown_agent_is_refused_and_nothing_is_created()
    {
        (await _api.PostAsync("/v1/sessions", new { id = "no-agent", agent = "nobody" })).Problem(404, "agent_not_found");
        (await _api.GetAsync("/v1/sessions/no-agent")).Problem(404, "session_not_found");
    }

    [Fact]
    public async Task A_deleted_id_is_not_used_again()
    {
        (await _api.PostAsync("/v1/sessions", new { id = "gone" })).Ok(201);
        (await _api.DeleteAsync("/v1/sessions/gone")).IsEmpty();
        (await _api.PostAsync("/v1/sessions", new { id = "gone" })).Problem(410, "session_deleted");
    }
}
