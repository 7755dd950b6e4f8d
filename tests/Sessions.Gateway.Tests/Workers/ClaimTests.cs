namespace Sessions.Gateway.Tests;

public sealed class ClaimTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task A_claim_has_the_run_its_session_the_transcript_and_a_lease()
    {
        var scene = await Scene.OpenAsync(server);
        await scene.TalkAsync("first", "answer");
        var claim = (await scene.StartAsync("second")).Claim;
        Shape.OnlyHas(claim, "run", "session", "messages", "lease");
        Assert.Equal("running", Shape.Run(claim.GetProperty("run")).Text("status"));
        Assert.Equal(claim.GetProperty("run").Text("id"), Shape.Session(claim.GetProperty("session")).Text("activeRunId"));
        Assert.All(claim.Items("messages"), message => Shape.Message(message));
        Assert.Equal(["first", "answer", "second"], claim.Items("messages").Select(message => message.Text("text")));
        var lease = Shape.Lease(claim.GetProperty("lease"));
        Assert.Equal(15, lease.GetProperty("ttlSeconds").GetDouble());
    }

    [Fact]
    public async Task A_claim_that_finds_nothing_is_204_and_one_that_waits_is_answered_as_soon_as_there_is_a_run()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Worker.TryClaimAsync()).IsEmpty();
        (await scene.Worker.TryClaimAsync(waitSeconds: 0.05)).IsEmpty();
        var waiting = scene.Worker.ClaimAsync();
        var run = await scene.SendAsync();
        Assert.Equal(run, (await waiting).Run);
    }

    [Fact]
    public async Task A_claim_takes_as_many_as_it_asks_for_one_of_each_session()
    {
        var scene = await Scene.OpenAsync(server);
        for (var at = 0; at < 4; at++)
            (await scene.Api.PostAsync($"/v1/sessions/{scene.Session}-{at}/messages", new { text = "t", agent = scene.Agent })).Ok(202);

        await scene.SendAsync();
        await scene.SendAsync();
        Assert.Single((await scene.Worker.TryClaimAsync()).Ok().Items("claims"));
        Assert.Equal(4, (await scene.Worker.TryClaimAsync(max: 100)).Ok().Items("claims").Length);
        (await scene.Worker.TryClaimAsync(max: 100)).IsEmpty();
    }

    [Fact]
    public async Task Epochs_of_a_session_only_grow()
    {
        var scene = await Scene.OpenAsync(server);
        var first = await scene.StartAsync();
        (await first.CompleteAsync()).Ok();
        (await scene.Api.PostAsync($"{scene.Path}/reset")).Ok();
        Assert.True((await scene.StartAsync()).Epoch > first.Epoch);
    }

    [Theory]
    [InlineData("""{"agents":["a"]}""", "invalid_id", "workerId")]
    [InlineData("""{"workerId":"a b","agents":["a"]}""", "invalid_id", "workerId")]
    [InlineData("""{"workerId":"w"}""", "invalid_request", "agents")]
    [InlineData("""{"workerId":"w","agents":[]}""", "invalid_request", "agents")]
    [InlineData("""{"workerId":"w","agents":"a"}""", "invalid_request", "agents")]
    [InlineData("""{"workerId":"w","agents":["a",null]}""", "invalid_id", "agents[1]")]
    [InlineData("""{"workerId":"w","agents":["a","b c"]}""", "invalid_id", "agents[1]")]
    [InlineData("""{"workerId":"w","agents":["a",5]}""", "invalid_request", "agents[1]")]
    [InlineData("""{"workerId":"w","agents":["a"],"max":0}""", "invalid_request", "max")]
    [InlineData("""{"workerId":"w","agents":["a"],"max":101}""", "invalid_request", "max")]
    [InlineData("""{"workerId":"w","agents":["a"],"waitSeconds":61}""", "invalid_request", "waitSeconds")]
    [InlineData("""{"workerId":"w","agents":["a"],"waitSeconds":-1}""", "invalid_request", "waitSeconds")]
    [InlineData("""{"workerId":"w","agents":["a"],"waitSeconds":"1"}""", "invalid_request", "waitSeconds")]
    public async Task A_wrong_field_is_named(string body, string code, string field) =>
        (await server.Api.PostTextAsync("/v1/workers/claims", body)).Problem(422, code, field);
}
