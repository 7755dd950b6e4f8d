using Sessions.Client;

namespace Sessions.Workers.Tests;

/// <summary>A worker of the SDK in a process of its own, over a server that runs no agents.</summary>
public abstract class RunTests : IAsyncLifetime
{
    private Scene _scene = null!;

    protected abstract Task<Scene> StartAsync();

    public async Task InitializeAsync() => _scene = await StartAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task A_run_is_executed_and_its_output_kept_in_order()
    {
        await using var worker = _scene.Worker();
        var words = Enumerable.Range(0, 100).Select(number => $"say:{number},");
        var run = await _scene.SendAsync("s", string.Join(' ', words));

        var ended = Assert.IsType<RunCompleted>(await Scene.EndAsync(run));

        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(number => $"{number},")), ended.Text);
        Assert.Equal(worker.Id, ended.Run.WorkerId);
    }

    [Fact]
    public async Task An_abort_cancels_the_agent_and_the_worker_takes_the_next_run()
    {
        await using var worker = _scene.Worker();
        var first = await _scene.SendAsync("s", "say:Hel hold");
        var second = await _scene.SendAsync("s", "say:lo");
        await _scene.SeesAsync("s", happened => happened.Type == "run.delta");

        await first.AbortAsync();

        await worker.SaysAsync($"cancelled {first.Run.Id}");
        Assert.Equal("Hel", Assert.IsType<RunAborted>(await Scene.EndAsync(first)).Text);
        Assert.Equal("lo", Assert.IsType<RunCompleted>(await Scene.EndAsync(second)).Text);
    }

    [Fact]
    public async Task An_agent_that_fails_fails_its_run_with_its_code()
    {
        await using var worker = _scene.Worker();
        var run = await _scene.SendAsync("s", "say:a fail:no_luck");

        var failed = Assert.IsType<RunFailed>(await Scene.EndAsync(run));

        Assert.Equal(("no_luck", "a"), (failed.Error.Code, failed.Text));
    }
}

/// <inheritdoc/>
public sealed class MemoryRunTests : RunTests
{
    protected override Task<Scene> StartAsync() => Scene.StartAsync();
}

/// <summary>The same with three replicas: the worker talks to any, the client to the last.</summary>
public sealed class PostgresRunTests : RunTests
{
    protected override Task<Scene> StartAsync() => Scene.StartReplicasAsync();
}
