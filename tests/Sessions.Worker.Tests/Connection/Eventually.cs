using System.Diagnostics;

namespace Sessions.Worker.Tests;

/// <summary>Polls until a state is reached; a failure prints the state that it saw.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static async Task True(Func<bool> condition, Func<string> state)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Deadline)
                Assert.Fail($"Not reached within {Deadline}. Seen: {state()}");
            await Task.Delay(1);
        }
    }
}
