namespace Sessions.Gateway.Tests;

public sealed class IdempotencyTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task The_same_key_gives_the_same_run_whether_queued_running_or_ended()
    {
        var scene = await Scene.OpenAsync(server);
        var body = new { text = "t", idempotencyKey = "key", agent = scene.Agent };
        var run = (await scene.Api.PostAsync(scene.Messages, body)).Ok(202).GetProperty("run").Text("id");
        await RepeatsAsync("queued");
        var claim = await scene.Worker.ClaimAsync();
        await RepeatsAsync("running");
        (await claim.CompleteAsync("done")).Ok();
        await RepeatsAsync("completed");
        (await scene.Api.PostAsync($"{scene.Path}/reset")).Ok();
        await RepeatsAsync("completed");
        Assert.Single((await scene.Api.GetAsync($"{scene.Path}/runs")).Ok().Items());

        async Task RepeatsAsync(string status)
        {
            var again = (await scene.Api.PostAsync(scene.Messages, body)).Ok(202);
            Assert.True(again.Flag("deduplicated"));
            Assert.Equal(run, Shape.Run(again.GetProperty("run")).Text("id"));
            Assert.Equal(status, again.GetProperty("run").Text("status"));
        }
    }

    [Fact]
    public async Task The_same_key_with_another_payload_is_refused()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", idempotencyKey = "key" })).Ok(202);
        foreach (var other in new object[]
        {
            new { text = "u", idempotencyKey = "key" },
            new { text = "t", idempotencyKey = "key", runId = "named" },
            new { text = "t", idempotencyKey = "key", agent = "other" },
            new { text = "t", idempotencyKey = "key", timeoutSeconds = 5 },
            new { text = "t", idempotencyKey = "key", maxAttempts = 2 },
        })
        {
            (await scene.Api.PostAsync(scene.Messages, other)).Problem(409, "idempotency_key_reused");
        }

        Assert.True((await scene.Api.PostAsync(scene.Messages, new { text = "t", idempotencyKey = "key", ifBusy = "reject" })).Ok(202).Flag("deduplicated"));
    }

    [Fact]
    public async Task The_header_serves_as_well_as_the_field_and_must_not_differ_from_it()
    {
        var scene = await Scene.OpenAsync(server);
        var first = (await scene.Api.PostAsync(scene.Messages, new { text = "t" }, ("Idempotency-Key", "h"))).Ok(202);
        Assert.Equal("h", first.GetProperty("run").Text("idempotencyKey"));
        var again = (await scene.Api.PostAsync(scene.Messages, new { text = "t", idempotencyKey = "h" }, ("Idempotency-Key", "h"))).Ok(202);
        Assert.True(again.Flag("deduplicated"));
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", idempotencyKey = "i" }, ("Idempotency-Key", "h")))
            .Problem(422, "invalid_request", "Idempotency-Key");
        (await scene.Api.PostAsync(scene.Messages, new { text = "t" }, ("Idempotency-Key", new string('k', 257))))
            .Problem(422, "invalid_idempotency_key", "Idempotency-Key");
        (await scene.Api.PostAsync(scene.Messages, new { text = "t" }, ("Idempotency-Key", "")))
            .Problem(422, "invalid_idempotency_key", "Idempotency-Key");
    }

    [Fact]
    public async Task Many_sends_of_one_key_at_once_make_one_run()
    {
        var scene = await Scene.AbsentAsync(server);
        var body = new { text = "t", idempotencyKey = "race", agent = scene.Agent };
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => scene.Api.PostAsync(scene.Messages, body)));
        var sent = answers.Select(answer => answer.Ok(202)).ToArray();
        Assert.Single(sent.Select(one => one.GetProperty("run").Text("id")).Distinct());
        Assert.Single(sent, one => !one.Flag("deduplicated"));
    }

    [Fact]
    public async Task A_key_holds_up_to_256_bytes_of_utf8()
    {
        var scene = await Scene.OpenAsync(server);
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", idempotencyKey = new string('é', 128) })).Ok(202);
        (await scene.Api.PostAsync(scene.Messages, new { text = "t", idempotencyKey = new string('é', 128) + "x" }))
            .Problem(422, "invalid_idempotency_key", "idempotencyKey");
        (await scene.Api.PostAsync($"{scene.Path}/abort", new { idempotencyKey = new string('k', 257) }))
            .Problem(422, "invalid_idempotency_key", "idempotencyKey");
    }
}
