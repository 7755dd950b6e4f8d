using System.Text.Json;

namespace Sessions.Gateway.Tests;

/// <summary>A worker over the HTTP worker API that does just what the test says.</summary>
internal sealed class ScriptedWorker(Api api, string agent)
{
    public string Id { get; } = $"w-{agent}";

    /// <summary>Makes the agent known: a claim that finds nothing.</summary>
    public async Task AnnounceAsync() => (await TryClaimAsync()).IsEmpty();

    public Task<Answer> TryClaimAsync(int? max = null, double? waitSeconds = null) =>
        api.PostAsync("/v1/workers/claims", new { workerId = Id, agents = new[] { agent }, max, waitSeconds });

    public async Task<ClaimedRun> ClaimAsync()
    {
        var claims = (await TryClaimAsync(waitSeconds: 30)).Ok().Items("claims");
        return new ClaimedRun(api, Assert.Single(claims));
    }
}

/// <summary>A run that the test executes.</summary>
internal sealed class ClaimedRun(Api api, JsonElement claim)
{
    public Api Api => api;

    public JsonElement Claim => claim;

    public string Session { get; } = claim.GetProperty("run").Text("sessionId")!;

    public string Run { get; } = claim.GetProperty("run").Text("id")!;

    public long Epoch { get; } = claim.GetProperty("lease").Number("epoch");

    public string Path => $"/v1/sessions/{Session}/runs/{Run}";

    public Task<Answer> OutputAsync(params object[] items) => api.PostAsync($"{Path}/output", new { epoch = Epoch, items });

    public Task<Answer> BatchAsync(long batch, params object[] items) =>
        api.PostAsync($"{Path}/output", new { epoch = Epoch, batch, items });

    public async Task DeltaAsync(string text) => (await OutputAsync(new { type = "delta", text })).Ok();

    public Task<Answer> HeartbeatAsync() => api.PostAsync($"{Path}/heartbeat", new { epoch = Epoch });

    public Task<Answer> CompleteAsync(string? text = null, object? usage = null) =>
        api.PostAsync($"{Path}/complete", new { epoch = Epoch, text, usage });

    public Task<Answer> FailAsync(string code = "agent_error", string message = "It broke.", string phase = "run") =>
        api.PostAsync($"{Path}/fail", new { epoch = Epoch, code, message, phase });
}
