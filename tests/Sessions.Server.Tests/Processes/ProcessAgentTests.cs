namespace Sessions.Server.Tests;

/// <summary>Agents of kind <c>process</c>, over HTTP with real children. Invariants 2, 10, 13, 21, 24 and 25.</summary>
public sealed class ProcessAgentTests
{
    [Fact]
    public async Task However_a_child_ends_its_run_has_one_end_and_the_next_one_starts()
    {
        await using var scene = await ProcessScene.StartAsync();
        (string Script, string Code, string Message)[] ends =
        [
            ("exit 0", "worker_exited", "exited with code 0 without a report"),
            ("echo why >&2; exit 7", "worker_exited", "exited with code 7 without a report. Its standard error ended with: why"),
            ("kill -KILL $$", "worker_exited", "was killed by signal 9 (SIGKILL)"),
            ("sleep 1000 & exit 0", "worker_exited", "exited with code 0"),
            ("echo garbage; exec sleep 1000", "output_invalid", "garbage"),
            ("head -c 100000000 /dev/zero | tr '\\0' x; exec sleep 1000", "output_too_large", "a line of over"),
            ("head -c 100000000 /dev/zero | tr '\\0' x >&2; exit 3", "worker_exited", "code 3"),
            ("printf '{\"type\":\"delta\",\"text\":\"'; head -c 70000 /dev/zero | tr '\\0' x; echo '\"}'", "output_too_large", "an output item of over"),
            ("exec >&-; exec sleep 1000", "worker_exited", "closed its standard output"),
            ("echo '{\"type\":\"fail\",\"code\":\"mine\",\"message\":\"my own\"}'; trap '' TERM; exec sleep 1000", "mine", "my own"),
        ];
        await Task.WhenAll(ends.Select(async (end, at) =>
        {
            await scene.SendAsync($"s{at}", "bad", ProcessScene.Announce + end.Script);
            await scene.SendAsync($"s{at}", "next", ProcessScene.Complete);
            var events = await scene.EventsAsync($"s{at}", "bad");
            Assert.Equal(1, ProcessScene.TerminalsIn(events));
            Assert.Contains($"\"code\":\"{end.Code}\"", events, StringComparison.Ordinal);
            Assert.Contains(end.Message, events, StringComparison.Ordinal);

            var next = await scene.Server.Http.GetJsonAsync($"/v1/sessions/s{at}/runs/next?waitSeconds=30");
            Assert.Equal("completed", next.Text("status"));
            Assert.Equal("fine", next.GetProperty("output").Text("text"));
            await ProcessScene.IsGoneAsync(ProcessScene.GroupIn(events));
            Assert.Equal(1, ProcessScene.TerminalsIn(await scene.EventsAsync($"s{at}", "bad")));
        }));
    }

    [Fact]
    public async Task A_command_that_can_not_be_started_is_no_start_error_of_the_server_but_a_start_failure_of_the_run()
    {
        await using var scene = await ProcessScene.StartAsync();
        await scene.SendAsync("s", "bad", "x", "nothing");
        var events = await scene.EventsAsync("s", "bad");
        Assert.Contains("\"code\":\"start_failed\"", events, StringComparison.Ordinal);
        Assert.Equal(1, ProcessScene.TerminalsIn(events));
    }

    [Fact]
    public async Task A_child_that_does_not_read_a_big_claim_completes()
    {
        await using var scene = await ProcessScene.StartAsync();
        await scene.SendAsync("s", "r", new string('x', 250_000), "deaf");
        Assert.Contains("event: run.completed", await scene.EventsAsync("s", "r"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sleep 1000 & wait")]
    [InlineData("trap '' TERM; sleep 1000 & sleep 1000; sleep 1000")]
    public async Task Nothing_of_an_aborted_run_is_left(string script)
    {
        await using var scene = await ProcessScene.StartAsync();
        await scene.SendAsync("s", "r", ProcessScene.Announce + script);
        await scene.SendAsync("s", "next", ProcessScene.Complete);
        using var session = await Follower.OpenAsync(scene.Server.Http, "/v1/sessions/s/events?after=0");
        await session.SeesAsync(ProcessScene.Announced);
        await scene.Server.Http.PostJsonAsync("/v1/sessions/s/abort", new { runId = "r" });
        var events = await scene.EventsAsync("s", "r");
        Assert.Contains("event: run.aborted", events, StringComparison.Ordinal);
        await ProcessScene.IsGoneAsync(ProcessScene.GroupIn(events));
        Assert.Equal("completed", (await scene.Server.Http.GetJsonAsync("/v1/sessions/s/runs/next?waitSeconds=30")).Text("status"));
        Assert.Equal(1, ProcessScene.TerminalsIn(await scene.EventsAsync("s", "r")));
    }

    [Fact]
    public async Task Nothing_of_a_run_over_its_deadline_is_left()
    {
        await using var scene = await ProcessScene.StartAsync();
        await scene.SendAsync("s", "r", ProcessScene.Announce + "(trap '' TERM; sleep 1000; sleep 1000) & wait", timeoutSeconds: 2);
        var events = await scene.EventsAsync("s", "r");
        Assert.Contains("\"code\":\"deadline_exceeded\"", events, StringComparison.Ordinal);
        await ProcessScene.IsGoneAsync(ProcessScene.GroupIn(events));
    }

    [Fact]
    public async Task More_runs_than_an_agent_may_have_stay_queued()
    {
        await using var scene = await ProcessScene.StartAsync("--Sessions:Agents:sh:MaxConcurrency=1");
        await scene.SendAsync("one", "r", ProcessScene.Announce + "exec sleep 1000");
        using var first = await Follower.OpenAsync(scene.Server.Http, "/v1/sessions/one/events?after=0");
        await first.SeesAsync(ProcessScene.Announced);
        await scene.SendAsync("two", "r", ProcessScene.Complete);
        Assert.Equal("queued", (await scene.Server.Http.GetJsonAsync("/v1/sessions/two/runs/r?waitSeconds=2")).Text("status"));
        await scene.SendAsync("three", "r", "other agents go on", "echo");
        Assert.Equal("completed", (await scene.Server.Http.GetJsonAsync("/v1/sessions/three/runs/r?waitSeconds=30")).Text("status"));

        await scene.Server.Http.PostJsonAsync("/v1/sessions/one/abort", new { });
        Assert.Equal("completed", (await scene.Server.Http.GetJsonAsync("/v1/sessions/two/runs/r?waitSeconds=30")).Text("status"));
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_children_as_worker_shutdown()
    {
        await using var scene = await ProcessScene.StartAsync();
        await scene.SendAsync("s", "r", ProcessScene.Announce + "trap '' TERM; sleep 1000 & sleep 1000; sleep 1000");
        using var session = await Follower.OpenAsync(scene.Server.Http, "/v1/sessions/s/events?after=0");
        await session.SeesAsync(ProcessScene.Announced);
        scene.Server.Terminate();
        Assert.False(await session.EndsCleanlyAsync());
        Assert.Contains("\"code\":\"worker_shutdown\"", session.Text, StringComparison.Ordinal);
        Assert.Equal(0, await scene.Server.ExitAsync());
        await ProcessScene.IsGoneAsync(ProcessScene.GroupIn(session.Text));
    }

    [Theory]
    [InlineData("exec sleep 1000")]
    [InlineData("trap '' TERM; sleep 1000 & sleep 1000; sleep 1000; sleep 1000")]
    public async Task The_children_of_a_server_that_was_killed_are_ended_too(string script)
    {
        int group;
        await using (var scene = await ProcessScene.StartAsync())
        {
            await scene.SendAsync("s", "r", ProcessScene.Announce + script);
            using var session = await Follower.OpenAsync(scene.Server.Http, "/v1/sessions/s/events?after=0");
            await session.SeesAsync(ProcessScene.Announced);
            group = ProcessScene.GroupIn(session.Text);
            Assert.NotEqual("", ProcessScene.Living(group));
        }

        // Disposal is a SIGKILL to the server alone.
        await ProcessScene.IsGoneAsync(group);
    }
}
