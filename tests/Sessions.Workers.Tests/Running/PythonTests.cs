using Sessions.Client;
using Sessions.Server.Tests;
using Sessions.Testing;

namespace Sessions.Workers.Tests;

/// <summary>The protocol's reference, <c>deploy/examples/worker.py</c>, over a real server.</summary>
public abstract class PythonTests : IAsyncLifetime
{
    private static readonly string LongText = string.Join(' ', Enumerable.Range(0, 20_000).Select(number => $"w{number}"));

    private Scene _scene = null!;

    protected abstract Task<Scene> StartAsync();

    public async Task InitializeAsync() => _scene = await StartAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task It_answers_in_order_and_goes_on_to_a_replica_that_lives()
    {
        await using var worker = PythonWorker.Start([new Uri($"http://127.0.0.1:{FreePort.Find()}"), .. _scene.Servers]);
        var run = await _scene.SendAsync("s", string.Join(' ', LongText.Split(' ')[..2000]));

        var ended = Assert.IsType<RunCompleted>(await Scene.EndAsync(run));

        Assert.Equal(string.Join(' ', LongText.Split(' ')[..2000]).ToUpperInvariant() + " ", ended.Text);
    }

    [Fact]
    public async Task It_stops_an_aborted_run_and_takes_the_next_one()
    {
        await using var worker = PythonWorker.Start([.. _scene.Servers]);
        var first = await _scene.SendAsync("s", LongText);
        var second = await _scene.SendAsync("s", "well then");
        await _scene.SeesAsync("s", happened => happened.Type == "run.delta");

        await first.AbortAsync();

        Assert.IsType<RunAborted>(await Scene.EndAsync(first));
        Assert.Equal("WELL THEN ", Assert.IsType<RunCompleted>(await Scene.EndAsync(second)).Text);
    }

    [Fact]
    public async Task Its_sudden_death_ends_its_run_and_another_one_takes_the_next()
    {
        await using var first = PythonWorker.Start([.. _scene.Servers]);
        var lost = await _scene.SendAsync("s", LongText);
        await _scene.SeesAsync("s", happened => happened.Type == "run.delta");
        first.Send(ProcessSignal.Kill);
        await first.ExitAsync();
        await using var second = PythonWorker.Start([.. _scene.Servers]);
        var next = await _scene.SendAsync("s", "again");

        Assert.Equal("worker_lost", Assert.IsType<RunFailed>(await Scene.EndAsync(lost)).Error.Code);
        Assert.Equal("AGAIN ", Assert.IsType<RunCompleted>(await Scene.EndAsync(next)).Text);
    }

    [Fact]
    public async Task Told_to_stop_it_ends_its_runs_and_exits_0()
    {
        await using var worker = PythonWorker.Start([.. _scene.Servers]);
        Assert.IsType<RunCompleted>(await Scene.EndAsync(await _scene.SendAsync("s", "one")));

        worker.Send(ProcessSignal.Terminate);

        Assert.Equal(0, await worker.ExitAsync());
    }
}

/// <inheritdoc/>
public sealed class MemoryPythonTests : PythonTests
{
    protected override Task<Scene> StartAsync() => Scene.StartAsync();
}

/// <summary>The same with three replicas.</summary>
public sealed class PostgresPythonTests : PythonTests
{
    protected override Task<Scene> StartAsync() => Scene.StartReplicasAsync();
}
