using System.Diagnostics;
using Sessions.Client;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Workers.Tests;

/// <summary>A worker's death in every form, by real processes (invariants 2, 4, 8, 13, 19, 21, 22, 24, 25, 28).</summary>
public abstract class DeathTests : IAsyncLifetime
{
    private Scene _scene = null!;

    protected abstract Task<Scene> StartAsync();

    public virtual async Task InitializeAsync() => _scene = await StartAsync();

    public virtual async Task DisposeAsync() => await _scene.DisposeAsync();

    [Theory]
    [InlineData("hold", "")]
    [InlineData("say:a hold say:b", "a")]
    [InlineData("say:a say:b hold", "ab")]
    public async Task A_worker_that_is_killed_ends_its_run_within_the_bound_and_the_next_one_goes_on(string text, string output)
    {
        await using var first = _scene.Worker("w1");
        var lost = await _scene.SendAsync("s", text);
        var next = await _scene.SendAsync("s", "say:next");
        await first.SaysAsync($"begins {lost.Run.Id}");
        await TextAsync(lost, output);
        await using var second = _scene.Worker("w2");

        first.Send(ProcessSignal.Kill);
        var killed = Stopwatch.GetTimestamp();
        var ended = Assert.IsType<RunFailed>(await Scene.EndAsync(lost));

        Assert.True(Stopwatch.GetElapsedTime(killed) < Scene.Bound, $"It took {Stopwatch.GetElapsedTime(killed)}.");
        Assert.Equal(("worker_lost", output), (ended.Error.Code, ended.Text));
        var after = Assert.IsType<RunCompleted>(await Scene.EndAsync(next));
        Assert.Equal(("next", "w2"), (after.Text, after.Run.WorkerId));
        await RunAccount.CheckAsync(_scene.Client, "s", ended, after);
    }

    [Fact]
    public async Task A_run_that_lost_its_worker_before_any_output_is_tried_again_where_it_may_be()
    {
        await using var first = _scene.Worker("w1");
        var run = await _scene.SendAsync("s", "wait:2000 say:done", maxAttempts: 2);
        await first.SaysAsync($"begins {run.Run.Id}");
        first.Send(ProcessSignal.Kill);
        await using var second = _scene.Worker("w2");

        var ended = Assert.IsType<RunCompleted>(await Scene.EndAsync(run));

        Assert.Equal(("done", "w2", 2), (ended.Text, ended.Run.WorkerId, ended.Run.Attempt));
        var log = await RunAccount.CheckAsync(_scene.Client, "s", ended);
        Assert.Single(log, happened => happened.Type == EventTypes.RunRequeued);
    }

    [Fact]
    public async Task A_worker_that_is_stopped_past_its_lease_is_refused_when_it_goes_on()
    {
        await using var first = _scene.Worker("w1");
        var lost = await _scene.SendAsync("s", "say:a wait:1500 say:late hold");
        await first.SaysAsync($"begins {lost.Run.Id}");
        await TextAsync(lost, "a");
        first.Send(ProcessSignal.Stop);
        var ended = Assert.IsType<RunFailed>(await Scene.EndAsync(lost));
        await using var second = _scene.Worker("w2");
        var next = await _scene.SendAsync("s", "wait:1000 say:next");
        await second.SaysAsync($"begins {next.Run.Id}");

        first.Send(ProcessSignal.Continue);

        await first.SaysAsync($"cancelled {lost.Run.Id}");
        var after = Assert.IsType<RunCompleted>(await Scene.EndAsync(next));
        Assert.Equal(("worker_lost", "a", "next"), (ended.Error.Code, ended.Text, after.Text));
        await RunAccount.CheckAsync(_scene.Client, "s", ended, after);
    }

    [Fact]
    public async Task An_idle_workers_death_disturbs_nothing()
    {
        await using var idle = _scene.Worker("idle");
        var done = Assert.IsType<RunCompleted>(await Scene.EndAsync(await _scene.SendAsync("s", "say:one")));
        var before = await _scene.Client.Session("s").GetAsync();
        idle.Send(ProcessSignal.Kill);
        await idle.ExitAsync();
        await using var other = _scene.Worker("other");

        var next = Assert.IsType<RunCompleted>(await Scene.EndAsync(await _scene.SendAsync("s", "say:two")));

        Assert.Equal(("idle", "other", "idle"), (before.Status, next.Run.WorkerId, (await _scene.Client.Session("s").GetAsync()).Status));
        await RunAccount.CheckAsync(_scene.Client, "s", done, next);
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_finishes_what_it_can_and_fails_the_rest_as_a_shutdown()
    {
        await using var worker = _scene.Worker("w1", graceSeconds: 2);
        var ends = await _scene.SendAsync("ends", "wait:500 say:done");
        var stays = await _scene.SendAsync("stays", "say:a hold");
        await worker.SaysAsync($"begins {ends.Run.Id}");
        await worker.SaysAsync($"begins {stays.Run.Id}");
        await TextAsync(stays, "a");

        worker.Send(ProcessSignal.Terminate);
        await worker.SaysAsync("drains");
        var late = await _scene.SendAsync("late", "say:late");

        Assert.Equal(0, await worker.ExitAsync());
        Assert.Equal("done", Assert.IsType<RunCompleted>(await Scene.EndAsync(ends)).Text);
        var shut = Assert.IsType<RunFailed>(await Scene.EndAsync(stays));
        Assert.Equal(("worker_shutdown", "a"), (shut.Error.Code, shut.Text));
        Assert.Equal(RunStatuses.Queued, (await late.GetAsync()).Status);
        await using var other = _scene.Worker("w2");
        Assert.IsType<RunCompleted>(await Scene.EndAsync(late));
    }

    [Fact]
    public async Task An_agent_that_blocks_every_thread_loses_no_lease()
    {
        await using var worker = _scene.Worker("w1");
        var run = await _scene.SendAsync("s", "say:a starve:3000 say:b");

        var ended = await Scene.EndAsync(run);

        Assert.True(ended is RunCompleted { Text: "ab" }, $"{ended}\n{worker.Output}");
    }

    private async Task TextAsync(RunHandle run, string text)
    {
        var said = "";
        if (text.Length > 0)
            await _scene.SeesAsync(run.Run.SessionId, happened => happened.RunId == run.Run.Id && (said += happened.Text) == text);
    }
}

/// <inheritdoc/>
public sealed class MemoryDeathTests : DeathTests
{
    protected override Task<Scene> StartAsync() => Scene.StartAsync();
}

/// <summary>The same with three replicas: the worker talks to any, the client to the last.</summary>
public sealed class PostgresDeathTests : DeathTests
{
    protected override Task<Scene> StartAsync() => Scene.StartReplicasAsync();
}
