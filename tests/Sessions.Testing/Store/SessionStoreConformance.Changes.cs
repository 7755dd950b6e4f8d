using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>What repair and watchers read (invariants 31, 34).</summary>
public abstract partial class SessionStoreConformance
{
    [Fact]
    public async Task Named_sessions_are_read_as_they_are_tombstones_too()
    {
        await Driver.DoAsync(Key("live"), Commands.Create());
        await Driver.DoAsync(Key("gone"), Commands.Create());
        await Driver.DoAsync(Key("gone"), new DeleteSession());

        var read = await Store.ReadSessionsAsync(Tenant, [new("live"), new("gone"), new("never")], default);

        Assert.Equal(
            [("gone", true, 2L), ("live", false, 1L)],
            read.Select(session => (session.Key.Session.Value, session.Deleted, session.Version)).Order());
    }

    [Fact]
    public async Task Changes_since_a_time_are_those_of_decisions_deletions_too()
    {
        var silent = await Driver.RunningAsync(Key("silent"), "r1");
        await Driver.DoAsync(Key("gone"), Commands.Create());
        await PassAsync(TimeSpan.FromMilliseconds(100));
        var since = (await Store.ReadChangedAsync(Tenant, DateTimeOffset.MaxValue, default)).Now;
        await PassAsync(TimeSpan.FromMilliseconds(100));
        await Driver.DoAsync(Key("new"), Commands.Create());
        await Driver.DoAsync(Key("gone"), new DeleteSession());
        await Driver.SayAsync(Key("silent"), silent, "output is no change");

        var changed = await Store.ReadChangedAsync(Tenant, since, default);

        Assert.Equal(["gone", "new"], changed.Items.Select(id => id.Value).Order());
        Assert.True(changed.Now > since);
        Assert.Empty((await Store.ReadChangedAsync(Tenant, changed.Now.AddMilliseconds(100), default)).Items);
    }

    [Fact]
    public async Task A_slow_decision_does_not_hide_a_quick_one()
    {
        await Driver.DoAsync(Key("slow"), Commands.Create());
        await Driver.DoAsync(Key("quick"), Commands.Create());
        var slow = await Driver.DecideAsync(Key("slow"), new UpdateSession("slow", null));
        await PassAsync(TimeSpan.FromMilliseconds(200));
        var since = (await LoadAsync(Key("slow"))).Now;
        await PassAsync(TimeSpan.FromMilliseconds(10));
        await Driver.DoAsync(Key("quick"), new UpdateSession("quick", null));
        Assert.IsType<DecisionResult.Committed>(await Store.AppendAsync(slow, default));

        Assert.Contains(new SessionId("quick"), (await Store.ReadChangedAsync(Tenant, since, default)).Items);
    }

    [Fact]
    public async Task The_newest_seqs_count_output_and_deletion()
    {
        var run = await Driver.RunningAsync(Key("live"), "r1");
        await Driver.SayAsync(Key("live"), run, "a");
        await Driver.DoAsync(Key("gone"), Commands.Create());
        await Driver.DoAsync(Key("gone"), new DeleteSession());

        var seqs = await Store.ReadLastSeqsAsync([Key("live"), Key("gone"), Key("never")], default);

        Assert.Equal([("gone", 2L), ("live", 4L)], seqs.Select(pair => (pair.Key.Session.Value, pair.Value)).Order());
    }

    [Fact]
    public async Task The_log_is_read_from_behind_a_seq()
    {
        var run = await Driver.RunningAsync(Key(), "r1");
        for (var n = 0; n < 7; n++)
            await Driver.SayAsync(Key(), run, "x");

        Assert.Equal([6, 7, 8], (await Store.ReadLogAsync(Key(), 5, 3, default)).Select(record => record.Seq));
        Assert.Equal([9, 10], (await Store.ReadLogAsync(Key(), 8, 3, default)).Select(record => record.Seq));
        Assert.Empty(await Store.ReadLogAsync(Key(), 10, 3, default));
        Assert.Empty(await Store.ReadLogAsync(Key(), 99, 3, default));
    }

    [Fact]
    public async Task Logs_that_are_read_at_the_same_time_come_to_whoever_asked_for_them()
    {
        SessionKey[] keys = [.. Enumerable.Range(0, 50).Select(n => Key($"s{n}"))];
        for (var n = 0; n < keys.Length; n++)
        {
            for (var version = 0; version <= n % 5; version++)
                await Driver.DoAsync(keys[n], version == 0 ? Commands.Create() : new UpdateSession($"s{n}.{version}", null));
        }

        // Who leaves takes nobody along.
        using var leaving = new CancellationTokenSource();
        foreach (var key in keys)
            _ = Store.ReadLogAsync(key, 0, 3, leaving.Token).AsTask();

        var reads = keys.Append(Key("nothing")).Select((key, n) => Store.ReadLogAsync(key, n % 2, 3, default).AsTask()).ToArray();
        await leaving.CancelAsync();
        var pages = await Task.WhenAll(reads);

        for (var n = 0; n < keys.Length; n++)
        {
            var (from, to) = ((n % 2) + 1, Math.Min((n % 5) + 1, (n % 2) + 3));
            Assert.Equal(Enumerable.Range(from, to - from + 1).Select(seq => (long)seq), pages[n].Select(record => record.Seq));
            Assert.All(pages[n].Where(record => record.Seq > 1), record =>
                Assert.Equal($"s{n}.{record.Seq - 1}", Assert.IsType<SessionUpdated>(record.Event).Title));
        }

        Assert.Empty(pages[^1]);
    }
}
