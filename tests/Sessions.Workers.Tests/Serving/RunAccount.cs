using Sessions.Client;
using Sessions.Protocol;

namespace Sessions.Workers.Tests;

/// <summary>What a session's whole log says of its runs (invariants 2, 4, 13, 19, 21).</summary>
internal static class RunAccount
{
    /// <summary>Each run has one terminal event and nothing behind it, and one at a time ran, in the order of sending.</summary>
    public static async Task<IReadOnlyList<EventResource>> CheckAsync(SessionsClient client, string session, params RunResult[] ended)
    {
        var log = await ReadAsync(client, session);
        var seen = string.Join('\n', log.Select(happened => $"{happened.Seq} {happened.Type} {happened.RunId ?? happened.Run?.Id} {happened.Text}"));
        Assert.True(log.Select(happened => happened.Seq).SequenceEqual(Enumerable.Range(1, log.Count).Select(seq => (long)seq)), seen);
        string? running = null;
        var over = new List<string>();
        foreach (var happened in log)
        {
            var run = happened.RunId ?? happened.Run?.Id;
            if (run is null || happened.Type == EventTypes.RunQueued)
                continue;

            Assert.False(over.Contains(run), $"After its end:\n{seen}");
            if (happened.Type is EventTypes.RunCompleted or EventTypes.RunFailed or EventTypes.RunAborted)
                over.Add(run);
            else
                Assert.True(happened.Type == EventTypes.RunStarted ? running is null : running == run, $"Not one at a time:\n{seen}");

            running = happened.Type == EventTypes.RunStarted ? run
                : running == run && (over.Contains(run) || happened.Type == EventTypes.RunRequeued) ? null
                : running;
        }

        Assert.Equal(ended.Select(result => result.Run.Id), over);
        Assert.All(ended.Skip(1), result => Assert.True(result is RunCompleted, seen));
        return log;
    }

    private static async Task<IReadOnlyList<EventResource>> ReadAsync(SessionsClient client, string session)
    {
        var log = new List<EventResource>();
        using var deadline = new CancellationTokenSource(Patience.Long);
        await foreach (var item in client.Session(session).Events(after: 0, cancellationToken: deadline.Token))
        {
            if (item is SynchronizedItem)
                break;

            log.Add(((EventItem)item).Event);
        }

        return log;
    }
}
