using System.Net.Http.Json;
using System.Text.Json;
using Sessions.Client;
using Sessions.Server.Tests;

namespace Sessions.Workers.Tests;

/// <summary>
/// A worker by hand: one claimed run, and whatever reports a test wants to send, each through another replica than the one
/// before.
/// </summary>
internal sealed class Reporter
{
    private readonly IReadOnlyList<ServerProcess> _replicas;
    private int _next;

    private Reporter(IReadOnlyList<ServerProcess> replicas, RunHandle run, long epoch)
    {
        _replicas = replicas;
        Run = run;
        Epoch = epoch;
    }

    public RunHandle Run { get; }

    public long Epoch { get; }

    public static async Task<Reporter> StartAsync(Scene scene, string session)
    {
        var run = await scene.SendAsync(session, "by hand");
        var claims = await scene.Replicas[0].Http.PostJsonAsync(
            "/v1/workers/claims", new { workerId = "hand", agents = new[] { "far" }, waitSeconds = 10 }).ReadJsonAsync();
        var lease = claims.GetProperty("claims")[0].GetProperty("lease");
        return new Reporter(scene.Replicas, run, lease.GetProperty("epoch").GetInt64());
    }

    public Task<(int Status, string? Code)> OutputAsync(long batch, string text) =>
        PostAsync("output", new { epoch = Epoch, batch, items = new[] { new { type = "delta", text } } });

    public async Task<(int Status, string? Code)> PostAsync(string report, object body)
    {
        var http = _replicas[(int)((uint)Interlocked.Increment(ref _next) % _replicas.Count)].Http;
        using var answer = await http.PostJsonAsync($"/v1/sessions/{Run.Run.SessionId}/runs/{Run.Run.Id}/{report}", body);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : json.Text("code"));
    }
}
