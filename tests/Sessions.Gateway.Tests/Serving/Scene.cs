using System.Text.Json;

namespace Sessions.Gateway.Tests;

/// <summary>A session, and an agent that only this test executes.</summary>
internal sealed class Scene
{
    private Scene(GatewayServer server, string session, string agent)
    {
        Server = server;
        Session = session;
        Agent = agent;
        Worker = new ScriptedWorker(server.Api, agent);
    }

    public GatewayServer Server { get; }

    public Api Api => Server.Api;

    public string Session { get; }

    public string Agent { get; }

    public ScriptedWorker Worker { get; }

    public string Path => $"/v1/sessions/{Session}";

    public string Messages => $"{Path}/messages";

    /// <summary>A session that exists.</summary>
    public static async Task<Scene> OpenAsync(GatewayServer server)
    {
        var scene = await AbsentAsync(server);
        (await scene.Api.PostAsync("/v1/sessions", new { id = scene.Session, agent = scene.Agent })).Ok(201);
        return scene;
    }

    /// <summary>A session that does not exist yet; its agent does.</summary>
    public static async Task<Scene> AbsentAsync(GatewayServer server)
    {
        var id = Guid.NewGuid().ToString("n")[..12];
        var scene = new Scene(server, $"s-{id}", $"a-{id}");
        await scene.Worker.AnnounceAsync();
        return scene;
    }

    public async Task<JsonElement> GetAsync() => Shape.Session((await Api.GetAsync(Path)).Ok());

    public async Task<JsonElement> GetRunAsync(string run) => Shape.Run((await Api.GetAsync($"{Path}/runs/{run}")).Ok());

    /// <summary>Sends a text to the scene's agent.</summary>
    public async Task<string> SendAsync(string text = "hello", string? run = null)
    {
        var sent = (await Api.PostAsync(Messages, new { text, runId = run, agent = Agent })).Ok(202);
        Assert.False(sent.Flag("deduplicated"));
        return Shape.Run(sent.GetProperty("run")).Text("id")!;
    }

    /// <summary>Sends a text and claims its run.</summary>
    public async Task<ClaimedRun> StartAsync(string text = "hello")
    {
        var run = await SendAsync(text);
        var claim = await Worker.ClaimAsync();
        Assert.Equal(run, claim.Run);
        return claim;
    }

    /// <summary>Sends a text and has it answered.</summary>
    public async Task<string> TalkAsync(string text = "hello", string answer = "hi")
    {
        var claim = await StartAsync(text);
        (await claim.CompleteAsync(answer)).Ok();
        return claim.Run;
    }

    public Task<EventStream> FollowAsync(string query = "", params (string Name, string Value)[] headers) =>
        EventStream.OpenAsync(Server, $"{Path}/events{query}", headers);
}
