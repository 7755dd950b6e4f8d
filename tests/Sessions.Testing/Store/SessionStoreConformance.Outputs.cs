using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Output: fenced by run and epoch, in the log, and in the text that the run ends with (invariants 4, 13, 19).</summary>
public abstract partial class SessionStoreConformance
{
    [Fact]
    public async Task Output_lands_behind_the_log_and_leaves_the_version()
    {
        var run = await Driver.RunningAsync(Key(), "r1");
        var before = await Driver.StateAsync(Key());

        OutputEvent[] output =
        [
            new RunDelta(run.Id, "a"), new RunContent(run.Id, "b"), new RunNotice(run.Id, "c"),
            new RunTool(run.Id, "t1", "search", ToolPhase.Started, """{"q":1}""", null),
            new RunTool(run.Id, "t1", "search", ToolPhase.Result, null, "[2]"),
        ];
        var landed = Assert.IsType<OutputResult.Landed>(await Driver.OutputAsync(Key(), run, null, output));

        Assert.Equal(Enumerable.Range(1, 5).Select(place => before.LastSeq + place), landed.Records.Select(record => record.Seq));
        Assert.All(landed.Records, record => Assert.Equal(before.Version, record.Version));
        Assert.Equal(output, (await Store.ReadLogAsync(Key(), before.LastSeq, 10, default)).Select(record => record.Event));
        var after = await Driver.StateAsync(Key());
        Assert.Equal((before.Version, before.LastSeq + 5, true), (after.Version, after.LastSeq, after.Active!.HasOutput));
        await LogReplay.AgreesAsync(Store, Key());
    }

    [Fact]
    public async Task Output_and_heartbeats_extend_the_lease()
    {
        var run = await Driver.RunningAsync(Key(), "r1");
        var lease = (await Driver.StateAsync(Key())).Lease!;
        await PassAsync(LeaseTtl / 5);
        var said = await Driver.SayAsync(Key(), run, "a");
        await PassAsync(LeaseTtl / 5);
        var beaten = Assert.IsType<OutputResult.Landed>(await Driver.OutputAsync(Key(), run, null));

        Assert.True(said.Lease.ExpiresAt > lease.ExpiresAt);
        Assert.True(beaten.Lease.ExpiresAt > said.Lease.ExpiresAt);
        Assert.Empty(beaten.Records);
        Assert.Equal(lease.Beats + 2, beaten.Lease.Beats);
        Assert.Equal(beaten.Lease, (await Driver.StateAsync(Key())).Lease);
    }

    [Fact]
    public async Task Invariant_4_a_lost_lease_is_told_the_runs_status_and_changes_nothing()
    {
        Assert.Null(Assert.IsType<OutputResult.Lost>(await SayBlindlyAsync("nothing", 1)).Status);
        var run = await Driver.RunningAsync(Key(), "r1");
        await Driver.DoAsync(Key(), Commands.Send("r2"));
        var before = await PictureAsync(Key());

        Assert.Equal(RunStatus.Running, Assert.IsType<OutputResult.Lost>(await SayBlindlyAsync("r1", run.Epoch + 1)).Status);
        Assert.Equal(RunStatus.Running, Assert.IsType<OutputResult.Lost>(await SayBlindlyAsync("r1", run.Epoch - 1)).Status);
        Assert.Equal(RunStatus.Queued, Assert.IsType<OutputResult.Lost>(await SayBlindlyAsync("r2", run.Epoch)).Status);
        Assert.Null(Assert.IsType<OutputResult.Lost>(await SayBlindlyAsync("nothing", run.Epoch)).Status);
        Assert.Equal(before, await PictureAsync(Key()));

        await Driver.DoAsync(Key(), Commands.Abort(run.Id));
        before = await PictureAsync(Key());
        Assert.Equal(RunStatus.Aborted, Assert.IsType<OutputResult.Lost>(await SayBlindlyAsync("r1", run.Epoch)).Status);
        Assert.Equal(before, await PictureAsync(Key()));
    }

    [Fact]
    public async Task A_batch_lands_once_and_in_order()
    {
        var run = await Driver.RunningAsync(Key(), "r1");
        Assert.Equal(1, Assert.IsType<OutputResult.OutOfOrder>(await BatchAsync(run, 2)).Expected);
        var first = Assert.IsType<OutputResult.Landed>(await BatchAsync(run, 1));
        var log = await Driver.LogAsync(Key());

        Assert.Equal(first.Lease, Assert.IsType<OutputResult.Repeated>(await BatchAsync(run, 1)).Lease);
        Assert.Equal(2, Assert.IsType<OutputResult.OutOfOrder>(await BatchAsync(run, 3)).Expected);
        Assert.Equal(Text.Of(log), Text.Of(await Driver.LogAsync(Key())));
        Assert.IsType<OutputResult.Landed>(await Driver.OutputAsync(Key(), run, null));
        Assert.IsType<OutputResult.Landed>(await BatchAsync(run, 2));
        await Driver.DoAsync(Key(), Commands.Complete(run));
        Assert.Equal("12", (await Store.ReadRunAsync(Key(), run.Id, default))?.Output);
    }

    [Fact]
    public async Task Batches_count_anew_with_each_lease()
    {
        await Driver.DoAsync(Key(), Commands.Send("r1") with { MaxAttempts = 2 });
        var first = await Driver.StartAsync(Key());
        Assert.IsType<OutputResult.Landed>(await Driver.OutputAsync(Key(), first, 1));
        await PassAsync(LeaseTtl * 2);
        await Driver.DoAsync(Key(), new ExpireDue());
        var second = await Driver.StartAsync(Key(), "w2");

        Assert.True(second.Epoch > first.Epoch);
        Assert.IsType<OutputResult.Lost>(await BatchAsync(first, 2));
        Assert.IsType<OutputResult.Landed>(await BatchAsync(second, 1));
    }

    [Fact]
    public async Task Invariant_13_output_that_lands_after_the_decision_was_taken_is_in_the_terminal_text()
    {
        var run = await Driver.RunningAsync(Key(), "r1");
        await Driver.SayAsync(Key(), run, "par");
        var abort = await Driver.DecideAsync(Key(), Commands.Abort());
        await Driver.SayAsync(Key(), run, "tial");

        var committed = Assert.IsType<DecisionResult.Committed>(await Store.AppendAsync(abort, default)).Sealed;

        Assert.Equal("partial", committed.Runs.Single().Output);
        Assert.Equal("partial", Assert.IsType<RunAborted>((await Driver.LogAsync(Key()))[^1].Event).Run.Output);
        Assert.Equal("partial", (await Store.ReadRunAsync(Key(), run.Id, default))?.Output);
        Assert.Equal(["hello", "partial"], (await Store.ListMessagesAsync(Key(), 0, 10, default)).Select(message => message.Text));
        await LogReplay.AgreesAsync(Store, Key());
    }

    [Fact]
    public async Task Each_run_ends_with_its_own_text()
    {
        foreach (var text in new[] { "one", "two", "" })
        {
            var run = await Driver.RunningAsync(Key(), $"r-{text}");
            if (text.Length > 0)
                await Driver.SayAsync(Key(), run, text);

            var committed = await Driver.DoAsync(Key(), Commands.Complete(run));
            Assert.Equal(text, committed.Runs.Single().Output);
        }
    }

    private Task<OutputResult> BatchAsync(Run run, long batch) =>
        Driver.OutputAsync(Key(), run, batch, new RunDelta(run.Id, $"{batch}"));

    private async Task<OutputResult> SayBlindlyAsync(string run, long epoch) => await Store.AppendOutputAsync(
        new OutputWrite(Key(), new(run), epoch, null, [new RunDelta(new(run), "late")], LeaseTtl), default);
}
