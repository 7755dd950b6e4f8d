using System.Text.Json;

namespace Sessions.Gateway.Tests;

/// <summary>Invariants 1, 5 and 13, from outside.</summary>
public sealed class TerminalTruthTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Once_a_terminal_event_was_seen_nothing_shows_the_run_active(int seed)
    {
        var random = new Random(seed);
        var scene = await Scene.OpenAsync(server);
        using var watch = await EventStream.OpenAsync(server, "/v1/sessions/watch?snapshot=none");
        using var stream = await scene.FollowAsync("?after=1");
        await stream.NextAsync("synchronized");
        for (var turn = 0; turn < 40; turn++)
        {
            var claim = await scene.StartAsync($"seed {seed} turn {turn}");
            if (random.Next(2) == 0)
                await claim.DeltaAsync("partial");

            Task<Answer>[] ends = random.Next(5) switch
            {
                0 => [claim.CompleteAsync("done")],
                1 => [claim.FailAsync()],
                2 => [scene.Api.PostAsync($"{scene.Path}/abort", new { runId = claim.Run })],
                3 => [claim.CompleteAsync(), scene.Api.PostAsync($"{scene.Path}/abort"), claim.OutputAsync(new { type = "delta", text = "late?" })],
                _ => [claim.FailAsync(), claim.CompleteAsync(), claim.OutputAsync(new { type = "notice", text = "late?" })],
            };
            JsonElement run;
            do
                run = (await stream.NextAsync())!.Data;
            while (run.Text("type") is not ("run.completed" or "run.failed" or "run.aborted"));

            run = run.GetProperty("run");
            var seen = await scene.GetAsync();
            Assert.False(seen.Flag("hasActiveRun"), $"Seed {seed}, turn {turn}: {seen}");
            Assert.Equal(claim.Run, seen.GetProperty("lastRun").Text("id"));
            Assert.Equal(run.GetRawText(), (await scene.GetRunAsync(claim.Run)).GetRawText());
            Assert.Empty((await scene.Api.GetAsync($"/v1/sessions?active=true&agent={scene.Agent}")).Ok().Items());
            Assert.Equal(run.GetRawText(), (await scene.Api.GetAsync($"{scene.Path}/runs?limit=1")).Ok().Items()[0].GetRawText());
            await Task.WhenAll(ends);
            Assert.Equal(seen.Number("lastSeq"), (await scene.GetAsync()).Number("lastSeq"));
        }
    }
}
