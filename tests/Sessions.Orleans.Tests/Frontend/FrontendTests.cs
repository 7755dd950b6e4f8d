using System.Collections.Concurrent;
using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;
using Sessions.Testing;

namespace Sessions.Orleans.Tests;

/// <summary>What a frontend gets by grain calls and streams alone.</summary>
public sealed class FrontendTests(MemorySilos silos) : IClassFixture<MemorySilos>
{
    private static readonly TenantId Tenant = new("frontend");

    [Fact]
    public async Task It_creates_sends_follows_and_lists()
    {
        var frontend = new SampleFrontend(silos.Client);
        var key = new SessionKey(Tenant, new("followed"));
        var created = await frontend.Session(key).CreateAsync(new CreateRequest(Title: "t"));
        Assert.True(created.Value!.Created);
        var sent = await frontend.Session(key).SendAsync(new SendRequest("hello") { IdempotencyKey = "k" });
        Assert.True((await frontend.Session(key).SendAsync(new SendRequest("hello") { IdempotencyKey = "k" })).Value!.Deduplicated);

        using var enough = new CancellationTokenSource();
        var seen = new ConcurrentQueue<LogRecord>();
        var following = Task.Run(async () =>
        {
            await foreach (var record in frontend.FollowAsync(key, 0, enough.Token))
            {
                seen.Enqueue(record);
                if (record.Event is RunEnded)
                    return;
            }
        });
        var runs = silos.Engines[0].Runs;
        var claimed = Assert.Single(await runs.ClaimAsync(new Claim(Tenant, new("w"), Commands.Agents.Names, 1, TimeSpan.Zero), default));
        for (var n = 0; n < 20; n++)
            await runs.OutputAsync(key, claimed.Run.Id, claimed.Lease.Epoch, null, [new RunDelta(claimed.Run.Id, $"{n}")], default);

        await runs.CompleteAsync(key, claimed.Run.Id, claimed.Lease.Epoch, null, null, default);
        await following.InTimeAsync("the frontend sees the end", () => Text.Lines(seen));

        Assert.Equal(Enumerable.Range(1, 24).Select(seq => (long)seq), seen.Select(record => record.Seq));
        Assert.Equal(RunStatus.Completed, (await frontend.Session(key).GetRunAsync(sent.Value!.Run!.Id)).Value!.Status);
        Assert.Contains((await frontend.Tenant(Tenant).ListAsync(new ListRequest()))!.Items, session => session.Key == key && session.Title == "t");
        Assert.Single((await frontend.Session(key).ListRunsAsync(null, 10)).Value!.Items);
    }

    [Fact]
    public async Task It_chats()
    {
        var frontend = new SampleFrontend(silos.Client);
        var key = new SessionKey(Tenant, new("chat"));
        var answer = new ConcurrentQueue<string>();
        var chatting = frontend.ChatAsync(key, "hello", answer.Enqueue, default);
        var runs = silos.Engines[1].Runs;
        var claim = new Claim(Tenant, new("chatter"), Commands.Agents.Names, 1, TimeSpan.FromSeconds(30));
        var claimed = Assert.Single(await runs.ClaimAsync(claim, default).AsTask().InTimeAsync("the run is claimed"));
        foreach (var word in new[] { "hello", " ", "you" })
            await runs.OutputAsync(key, claimed.Run.Id, claimed.Lease.Epoch, null, [new RunDelta(claimed.Run.Id, word)], default);

        await runs.CompleteAsync(key, claimed.Run.Id, claimed.Lease.Epoch, null, null, default);
        Assert.Equal(RunStatus.Completed, await chatting.InTimeAsync("the frontend sees the end"));
        Assert.Equal("hello you", string.Concat(answer));
    }

    [Fact]
    public async Task It_watches_a_tenant_and_aborts()
    {
        var frontend = new SampleFrontend(silos.Client);
        var key = new SessionKey(Tenant, new("watched"));
        var changed = new ConcurrentQueue<SessionId>();
        await frontend.WatchAsync(Tenant, session =>
        {
            changed.Enqueue(session);
            return Task.CompletedTask;
        });
        var sent = await frontend.Session(key).SendAsync(new SendRequest("hello"));
        await Eventually.HoldsAsync(() => Task.FromResult(changed.ToArray()), seen => seen.Contains(key.Session), "the change is told");

        Assert.Equal([sent.Value!.Run!.Id], (await frontend.Session(key).AbortAsync(new AbortRequest())).Value!.Aborted.AsEnumerable());
        Assert.False((await frontend.Session(key).GetAsync()).Value!.HasActiveRun);
        Assert.Equal(RefusalCode.SessionNotFound, (await frontend.Session(new(Tenant, new("no"))).GetAsync()).Refusal!.Code);
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => silos.Client.GetGrain<ISessionGrain>("no-key").GetAsync());
        Assert.Contains("'no-key' is no session's key", $"{fault}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_do_not_wait_for_a_write()
    {
        var frontend = new SampleFrontend(silos.Client);
        var key = new SessionKey(Tenant, new("slow"));
        await frontend.Session(key).CreateAsync(new CreateRequest());
        using var held = silos.HoldWrites();

        var writing = frontend.Session(key).UpdateAsync("changed", null);
        await held.Reached.InTimeAsync("the write has reached the store");
        Assert.Null((await frontend.Session(key).GetAsync().InTimeAsync("a read beside the write")).Value!.Title);
        Assert.False(writing.IsCompleted);
        held.Dispose();

        Assert.Equal("changed", (await writing).Value!.Title);
    }
}
