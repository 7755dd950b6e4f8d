using Sessions.Client;
using Sessions.Protocol;

namespace Sessions.Workers.Tests;

/// <summary>A worker whose way to every replica is cut, and mended (invariants 4, 8, 13, 19, 24, 26).</summary>
public abstract class CutOffTests : IAsyncLifetime
{
    private Scene _scene = null!;

    protected abstract Task<Scene> StartAsync();

    public async Task InitializeAsync() => _scene = await StartAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Cut_off_for_shorter_than_the_lease_it_loses_and_doubles_nothing()
    {
        await using var lines = new Lines(_scene.Servers);
        await using var worker = WorkerProcess.Start("w1", lines.Addresses);
        var run = await _scene.SendAsync("s", Counting(120, waits: 25));
        for (var cut = 0; cut < 3; cut++)
        {
            var atLeast = 20 * (cut + 1);
            await _scene.SeesAsync("s", happened => happened.Text == $"{atLeast},");
            lines.Cut();
            await worker.SaysTimesAsync("failed; trying again", cut + 1);
            lines.Mend();
        }

        var ended = await Scene.EndAsync(run);

        Assert.True(ended is RunCompleted, $"{ended}\n{worker.Output}");
        Assert.Equal(string.Concat(Enumerable.Range(0, 120).Select(number => $"{number},")), ended.Text);
        await RunAccount.CheckAsync(_scene.Client, "s", ended);
    }

    [Fact]
    public async Task Cut_off_for_longer_than_the_lease_it_stops_its_agent_and_is_heard_no_more()
    {
        await using var lines = new Lines(_scene.Servers);
        await using var cutOff = WorkerProcess.Start("w1", lines.Addresses);
        var lost = await _scene.SendAsync("s", "say:a hold");
        await _scene.SeesAsync("s", happened => happened.Text == "a");
        lines.Cut();
        await cutOff.SaysAsync($"cancelled {lost.Run.Id}");
        var ended = Assert.IsType<RunFailed>(await Scene.EndAsync(lost));
        await using var other = _scene.Worker("w2");
        var next = Assert.IsType<RunCompleted>(await Scene.EndAsync(await _scene.SendAsync("s", "say:next")));

        lines.Mend();
        var elsewhere = Assert.IsType<RunCompleted>(await Scene.EndAsync(await _scene.SendAsync("t", "say:b")));

        Assert.Equal(("worker_lost", "a", "b"), (ended.Error.Code, ended.Text, elsewhere.Text));
        await RunAccount.CheckAsync(_scene.Client, "s", ended, next);
    }

    [Fact]
    public async Task Repeated_and_reordered_reports_land_once_and_in_order()
    {
        var reporter = await Reporter.StartAsync(_scene, "s");
        Assert.Equal((200, null), await reporter.OutputAsync(1, "a"));
        Assert.Equal((200, null), await reporter.OutputAsync(1, "a"));
        Assert.Equal((409, ProblemCodes.BatchOutOfOrder), await reporter.OutputAsync(3, "c"));
        Assert.Equal((200, null), await reporter.OutputAsync(2, "b"));
        Assert.Equal((200, null), await reporter.OutputAsync(3, "c"));
        Assert.Equal((200, null), await reporter.OutputAsync(2, "b"));
        Assert.Equal((200, null), await reporter.PostAsync("complete", new { epoch = reporter.Epoch }));
        Assert.Equal((200, null), await reporter.PostAsync("complete", new { epoch = reporter.Epoch }));
        Assert.Equal((409, ProblemCodes.LeaseLost), await reporter.OutputAsync(4, "d"));
        Assert.Equal((409, ProblemCodes.LeaseLost), await reporter.PostAsync("heartbeat", new { epoch = reporter.Epoch }));
        Assert.Equal((409, ProblemCodes.LeaseLost), await reporter.PostAsync(
            "fail", new { epoch = reporter.Epoch, code = "late", message = "late", phase = "run" }));

        var ended = Assert.IsType<RunCompleted>(await Scene.EndAsync(reporter.Run));
        Assert.Equal("abc", ended.Text);
        await RunAccount.CheckAsync(_scene.Client, "s", ended);
    }

    [Fact]
    public async Task The_same_report_several_times_at_once_lands_once()
    {
        const int Times = 6;
        var reporter = await Reporter.StartAsync(_scene, "s");
        for (var batch = 1; batch <= 20; batch++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, Times).Select(_ => reporter.OutputAsync(batch, $"{batch},")));
            Assert.All(answers, answer => Assert.Equal((200, null), answer));
        }

        var ends = await Task.WhenAll(Enumerable.Range(0, Times).Select(_ => reporter.PostAsync("complete", new { epoch = reporter.Epoch })));

        Assert.All(ends, answer => Assert.Equal((200, null), answer));
        var ended = Assert.IsType<RunCompleted>(await Scene.EndAsync(reporter.Run));
        Assert.Equal(string.Concat(Enumerable.Range(1, 20).Select(number => $"{number},")), ended.Text);
        await RunAccount.CheckAsync(_scene.Client, "s", ended);
    }

    internal static string Counting(int to, int waits) =>
        string.Join(' ', Enumerable.Range(0, to).Select(number => $"say:{number}, wait:{waits}"));
}

/// <inheritdoc/>
public sealed class MemoryCutOffTests : CutOffTests
{
    protected override Task<Scene> StartAsync() => Scene.StartAsync();
}

/// <summary>The same with three replicas, all of which the worker is cut off from, and reports through each in turn.</summary>
public sealed class PostgresCutOffTests : CutOffTests
{
    protected override Task<Scene> StartAsync() => Scene.StartReplicasAsync();
}
