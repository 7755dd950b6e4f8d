using Sessions.Core;
using Sessions.Testing;

namespace Sessions.Engine.Tests;

public sealed class LogListenerTests
{
    private static readonly SessionKey Key = new(new("t"), new("s"));

    [Fact]
    public async Task It_gives_commits_in_order_and_knows_how_far_the_log_reaches()
    {
        var listener = new LogListener();
        listener.Offer(Commit(1, 2));
        listener.Offer(Commit(3));
        Assert.Equal(3, listener.LastSeq);
        await listener.WaitAsync(default).AsTask().InTimeAsync("the listener wakes");

        Assert.Equal([1, 3], Take(listener).Select(commit => commit.FirstSeq));
        Assert.False(listener.TryTake(out _));
    }

    [Fact]
    public void Invariant_32_a_full_buffer_drops_what_is_in_it_but_not_how_far_the_log_reaches()
    {
        var listener = new LogListener();
        for (var seq = 1; seq <= LogListener.Capacity; seq++)
            listener.Offer(Commit(seq));

        listener.Offer(Commit(7));
        Assert.Equal(LogListener.Capacity, listener.LastSeq);
        Assert.Equal(7, Assert.Single(Take(listener)).FirstSeq);
        for (var seq = 1; seq <= 10 * LogListener.Capacity; seq++)
            listener.Offer(Commit(seq));

        Assert.InRange(Take(listener).Count, 1, LogListener.Capacity);
        Assert.Equal(10 * LogListener.Capacity, listener.LastSeq);
    }

    [Fact]
    public void A_nudge_wakes_only_when_it_says_something_new()
    {
        var listener = new LogListener();
        listener.Nudge(5);
        Assert.True(listener.WaitAsync(default).AsTask().IsCompletedSuccessfully);
        Assert.Equal(5, listener.LastSeq);
        listener.Nudge(5);
        listener.Nudge(4);
        Assert.False(listener.WaitAsync(default).AsTask().IsCompleted);
        Assert.Equal(5, listener.LastSeq);
    }

    [Fact]
    public void Commits_that_are_published_out_of_order_do_not_take_the_reach_back()
    {
        var listener = new LogListener();
        listener.Offer(Commit(5));
        listener.Offer(Commit(4));
        Assert.Equal(5, listener.LastSeq);
        Assert.Equal([5, 4], Take(listener).Select(commit => commit.FirstSeq));
    }

    private static List<Commit> Take(LogListener listener)
    {
        var commits = new List<Commit>();
        while (listener.TryTake(out var commit))
            commits.Add(commit);

        return commits;
    }

    private static Commit Commit(params long[] seqs) =>
        new(Key, [.. seqs.Select(seq => new LogRecord(seq, 1, default, new RunDelta(new("r"), "x")))]);
}
