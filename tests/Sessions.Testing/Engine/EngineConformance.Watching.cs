using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Watching a tenant's sessions on any replica (invariant 34).</summary>
public abstract partial class EngineConformance
{
    [Theory]
    [InlineData(WatchSnapshot.All, "idle,queued")]
    [InlineData(WatchSnapshot.Active, "queued")]
    [InlineData(WatchSnapshot.None, "")]
    public async Task A_watcher_gets_the_snapshot_that_it_asked_for_then_changes(WatchSnapshot snapshot, string expected)
    {
        Yes(await Any.Sessions.CreateAsync(Key("idle"), null, null, null, default));
        Yes(await Any.Sessions.CreateAsync(Key("gone"), null, null, null, default));
        Yes(await Any.Sessions.DeleteAsync(Key("gone"), default));
        await SendAsync(Key("queued"));
        using var reader = Watch(snapshot);

        await reader.UntilSynchronizedAsync();
        Assert.Equal(expected, string.Join(',', reader.Given.Select(session => session.Key.Session.Value).Order()));

        await SendAsync(Key("idle"));
        await reader.UntilAsync("idle", session => session.Status == SessionStatus.Queued);
        await SendAsync(Key("new"));
        await reader.UntilAsync("new", session => session.HasActiveRun);
        Yes(await Any.Sessions.DeleteAsync(Key("new"), default));
        await reader.UntilAsync("new", session => session is { Deleted: true, HasActiveRun: false });
    }

    [Fact]
    public async Task Invariant_34_versions_never_go_back_and_the_last_is_the_last_there_is()
    {
        await Race.RunAsync(4, async writer =>
        {
            for (var n = 0; n < 5; n++)
                Yes(await Any.Sessions.CreateAsync(Key($"s{writer}-{n}"), null, null, null, default));
        });
        var readers = Cluster.Replicas.Select(replica => Watch(WatchSnapshot.All, replica)).ToArray();
        var reading = new CancellationTokenSource();
        var watching = readers.Select(async reader =>
        {
            while (!reading.IsCancellationRequested)
            {
                await reader.UntilQuietAsync();
                await Task.Yield();
            }
        }).ToArray();

        await Race.RunAsync(4, async writer =>
        {
            for (var n = 0; n < 100; n++)
                Yes(await Any.Sessions.UpdateAsync(Key($"s{n % 4}-{n % 5}"), $"{writer}.{n}", null, default));
        });
        await reading.CancelAsync();
        await Task.WhenAll(watching).InTimeAsync("the watchers stop");

        var last = (await Any.Sessions.ListAsync(new(Tenant, null, null, null, 100, null), default))!.Items;
        Assert.Equal(20, last.Count);
        foreach (var reader in readers)
        {
            foreach (var session in last)
                await reader.UntilAsync(session.Key.Session.Value, given => given.Version == session.Version);

            reader.Dispose();
        }
    }

    [Fact]
    public async Task A_watcher_that_sleeps_gets_what_there_is_not_what_there_was()
    {
        await SendAsync(Key());
        using var reader = Watch(WatchSnapshot.None);
        await reader.UntilSynchronizedAsync();
        for (var n = 0; n < 50; n++)
            Yes(await Any.Sessions.UpdateAsync(Key(), $"{n}", null, default));

        await reader.UntilAsync("s", session => session.Title == "49");
        Assert.InRange(reader.Given.Count, 1, 10);
    }

    [Fact]
    public async Task Invariant_34_a_hint_that_was_lost_at_any_time_after_the_start_is_repaired_without_another_change()
    {
        await SendAsync(Key());
        using var reader = Watch(WatchSnapshot.Active, Cluster.Replicas[0]);
        await reader.UntilSynchronizedAsync();
        Cluster.Lose(_ => true);

        Yes(await Cluster.Replicas[1].Sessions.UpdateAsync(Key(), "first", null, default));
        await Cluster.PassAsync(TimeSpan.FromSeconds(7));
        await Cluster.Replicas[0].RepairAsync(default);
        await reader.UntilAsync("s", session => session.Title == "first");

        await Cluster.PassAsync(TimeSpan.FromSeconds(7));
        Yes(await Cluster.Replicas[2].Sessions.DeleteAsync(Key(), default));
        await Cluster.PassAsync(TimeSpan.FromSeconds(7));
        await Cluster.Replicas[0].RepairAsync(default);
        await reader.UntilAsync("s", session => session.Deleted);
    }

    [Fact]
    public async Task Invariant_1_who_watched_the_run_end_sees_it_active_nowhere()
    {
        for (var race = 0; race < Races; race++)
        {
            var key = Key($"s{race}");
            var claimed = await RunningAsync(key);
            using var reader = Watch(WatchSnapshot.Active, Any);
            await reader.UntilSynchronizedAsync();
            await CompleteAsync(claimed);
            await reader.UntilAsync(key.Session.Value, session => !session.HasActiveRun);
            foreach (var replica in Cluster.Replicas)
                Assert.False(Yes(await replica.Sessions.GetAsync(key, default)).HasActiveRun);
        }
    }

    private WatchReader Watch(WatchSnapshot snapshot, EngineReplica? at = null) => new((at ?? Any).Sessions.Watch(Tenant, snapshot));
}
