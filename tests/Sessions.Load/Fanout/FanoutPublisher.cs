using System.Diagnostics;

namespace Sessions.Load;

/// <summary>Publishes to all sessions, each at its pace and a little after the one before it, or as fast as they take it.</summary>
internal static class FanoutPublisher
{
    /// <summary>Publishes, and then ends every session's run.</summary>
    /// <returns>How many events each session was given.</returns>
    public static async Task<int[]> RunAsync(IFanoutTarget target, FanoutSettings settings, CancellationToken cancellationToken)
    {
        var from = Stopwatch.GetTimestamp();
        return await Task.WhenAll(Enumerable.Range(0, settings.Sessions).Select(session => Task.Run(
            () => PublishAsync(target, settings, session, from, cancellationToken), cancellationToken)));
    }

    private static async Task<int> PublishAsync(
        IFanoutTarget target, FanoutSettings settings, int session, long from, CancellationToken cancellationToken)
    {
        var published = 0;
        while (published < settings.Events)
        {
            var due = DueAt(settings, session, published);
            if (Stopwatch.GetElapsedTime(from).TotalSeconds >= settings.Seconds || due >= settings.Seconds)
                break;

            var wait = due - Stopwatch.GetElapsedTime(from).TotalSeconds;
            if (wait > 0)
                await Task.Delay(TimeSpan.FromSeconds(wait), cancellationToken);

            await target.PublishAsync(session, cancellationToken);
            published++;
        }

        await target.FinishAsync(session, cancellationToken);
        return published;
    }

    /// <summary>Seconds from the beginning.</summary>
    private static double DueAt(FanoutSettings settings, int session, int published) =>
        settings.Rate == 0 ? 0 : (published + ((double)session / settings.Sessions)) / settings.Rate;
}
