using System.Diagnostics;

namespace Sessions.Testing;

/// <summary>Waits for what must come, with a deadline whose failure prints what was seen instead.</summary>
public static class Eventually
{
    /// <summary>How long anything may take before a test fails; generous, for slow machines.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Looks again and again until it holds.</summary>
    public static async Task<T> HoldsAsync<T>(Func<Task<T>> look, Func<T, bool> holds, string what)
    {
        var from = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (holds(seen))
                return seen;

            if (Stopwatch.GetElapsedTime(from) > Deadline)
                throw new TimeoutException($"Not in {Deadline}: {what}. Last seen: {Text.Of(seen)}");

            await Task.Delay(Pause);
        }
    }

    /// <summary>Waits for a task that must end.</summary>
    public static async Task<T> InTimeAsync<T>(this Task<T> task, string what, Func<string>? seen = null)
    {
        try
        {
            return await task.WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Not in {Deadline}: {what}. {seen?.Invoke()}");
        }
    }

    /// <inheritdoc cref="InTimeAsync{T}(Task{T}, string, Func{string}?)"/>
    public static async Task InTimeAsync(this Task task, string what, Func<string>? seen = null)
    {
        await AsValueAsync().InTimeAsync(what, seen);

        async Task<bool> AsValueAsync()
        {
            await task;
            return true;
        }
    }
}
