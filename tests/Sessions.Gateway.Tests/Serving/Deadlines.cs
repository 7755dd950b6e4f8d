using System.Diagnostics;

namespace Sessions.Gateway.Tests;

/// <summary>How long tests wait for what must come.</summary>
internal static class Deadlines
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(40);

    /// <summary>Asks again until the answer is as wanted; a failure prints the last one.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await ask();
            if (wanted(seen))
                return seen;

            Assert.True(Stopwatch.GetElapsedTime(started) < Long, $"Not reached within {Long}; the last seen was {seen}");
            await Task.Delay(5);
        }
    }
}
