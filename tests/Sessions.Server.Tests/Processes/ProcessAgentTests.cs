namespace Sessions.Server.Tests;

/// <summary>Agents of kind <c>process</c>, over HTTP with real children. Invariants 2, 10, 13, 21, 24 and 25.</summary>
public abstract class ProcessAgentTests : IAsyncLifetime
{
    private ProcessScene _scene = null!;

    protected abstract Task<ProcessScene> StartAsync();

    public async Task InitializeAsync() => _scene = await StartAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task However_a_child_ends_its_run_has_one_end_and_the_next_one_starts()
    {
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
            await _scene.SendAsync($"s{at}", "bad", ProcessScene.Announce + end.Script);
            await _scene.SendAsync($"s{at}", "next", ProcessScene.Complete);
            var events = await _scene.EventsAsync($"s{at}", "bad");
            Assert.Equal(1, ProcessScene.TerminalsIn(events));
            Assert.Contains($"\"code\":\"{end.Code}\"", events, StringComparison.Ordinal);
            Assert.Contains(end.Message, events, StringComparison.Ordinal);

            var next = await _scene.Reads.GetJsonAsync($"/v1/sessions/s{at}/runs/next?waitSeconds=30");
            Assert.Equal("completed", next.Text("status"));
            Assert.Equal("fine", next.GetProperty("output").Text("text"));
            await ProcessScene.IsGoneAsync(ProcessScene.GroupIn(events));
            Assert.Equal(1, ProcessScene.TerminalsIn(await _scene.EventsAsync($"s{at}", "bad")));
        }));
    }

    [Fact]
    public async Task A_command_that_can_not_be_started_is_no_start_error_of_the_server_but_a_start_failure_of_the_run()
    {
        await _scene.SendAsync("s", "bad", "x", "nothing");
        var events = await _scene.EventsAsync("s", "bad");
        Assert.Contains("\"code\":\"start_failed\"", events, StringComparison.Ordinal);
        Assert.Equal(1, ProcessScene.TerminalsIn(events));
    }

    [Fact]
    public async Task A_child_that_does_not_read_a_big_claim_completes()
    {
        await _scene.SendAsync("s", "r", new string('x', 250_000), "deaf");
        Assert.Contains("event: run.completed", await _scene.EventsAsync("s", "r"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sleep 1000 & wait")]
    [InlineData("trap '' TERM; sleep 1000 & sleep 1000; sleep 1000")]
    public async Task Nothing_of_an_aborted_run_is_left(string script)
    {
        await _scene.SendAsync("s", "r", ProcessScene.Announce + script);
        await _scene.SendAsync("s", "next", ProcessScene.Complete);
        using var session = await Follower.OpenAsync(_scene.Reads, "/v1/sessions/s/events?after=0");
        await session.SeesAsync(ProcessScene.Announced);
        await _scene.Aborts.PostJsonAsync("/v1/sessions/s/abort", new { runId = "r" });
        var events = await _scene.EventsAsync("s", "r");
        Assert.Contains("event: run.aborted", events, StringComparison.Ordinal);
        await ProcessScene.IsGoneAsync(ProcessScene.GroupIn(events));
        Assert.Equal("completed", (await _scene.Reads.GetJsonAsync("/v1/sessions/s/runs/next?waitSeconds=30")).Text("status"));
        Assert.Equal(1, ProcessScene.TerminalsIn(await _scene.EventsAsync("s", "r")));
    }

    [Fact]
    public async Task Nothing_of_a_run_over_its_deadline_is_left()
    {
        await _scene.SendAsync("s", "r", ProcessScene.Announce + "(trap '' TERM; sleep 1000; sleep 1000) & wait", timeoutSeconds: 2);
        var events = await _scene.EventsAsync("s", "r");
        Assert.Contains("\"code\":\"deadline_exceeded\"", events, StringComparison.Ordinal);
        await ProcessScene.IsGoneAsync(ProcessScene.GroupIn(events));
    }
}

/// <inheritdoc/>
public sealed class MemoryProcessAgentTests : ProcessAgentTests
{
    protected override Task<ProcessScene> StartAsync() => ProcessScene.StartAsync();
}

/// <summary>The same with three replicas: sent to one, aborted through another, read at the last.</summary>
public sealed class PostgresProcessAgentTests : ProcessAgentTests
{
    protected override Task<ProcessScene> StartAsync() => ProcessScene.StartReplicasAsync();
}
