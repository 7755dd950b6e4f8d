using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Invariant 35: one tenant's sessions are nowhere in another's.</summary>
public abstract partial class SessionStoreConformance
{
    [Fact]
    public async Task Invariant_35_tenants_with_the_same_ids_never_see_each_other()
    {
        var mine = Key();
        var theirs = mine with { Tenant = OtherTenant };
        var run = await Driver.RunningAsync(theirs, "r1");
        await Driver.DoAsync(theirs, Commands.Send("r2", key: "k1"));

        Assert.Equal(SessionExistence.None, (await LoadAsync(mine)).State.Existence);
        Assert.Equal(Facts.None, (await LoadAsync(mine, "k1", run.Id)).Facts);
        Assert.Empty(await Driver.LogAsync(mine));
        Assert.Null(await Store.ReadRunAsync(mine, run.Id, default));
        Assert.Empty(await Store.ListRunsAsync(mine, null, 10, default));
        Assert.Empty(await Store.ListMessagesAsync(mine, 0, 10, default));
        Assert.Empty(await ListedAsync(Query()));
        Assert.Empty(await Store.ReadSessionsAsync(Tenant, [mine.Session], default));
        Assert.Empty((await Store.ReadChangedAsync(Tenant, DateTimeOffset.UnixEpoch, default)).Items);
        Assert.Empty(await Store.ReadLastSeqsAsync([mine], default));
        Assert.IsType<OutputResult.Lost>(await Driver.OutputAsync(mine, run, null));

        await Driver.DoAsync(mine, Commands.Send("r1", "mine", "k1"));
        Assert.Equal([mine], await ReadyAsync());
        Assert.Equal(run.Id, (await Driver.StateAsync(theirs)).Active?.Id);
    }
}
