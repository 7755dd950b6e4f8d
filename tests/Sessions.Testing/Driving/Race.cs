namespace Sessions.Testing;

/// <summary>Lets several do something at the same moment: all wait at a barrier on threads of their own.</summary>
public static class Race
{
    public static async Task<T[]> RunAsync<T>(int runners, Func<int, Task<T>> run)
    {
        using var barrier = new Barrier(runners);
        return await Task.WhenAll(Enumerable.Range(0, runners).Select(runner => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                return run(runner);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));
    }

    public static Task RunAsync(int runners, Func<int, Task> run) => RunAsync(runners, async runner =>
    {
        await run(runner);
        return true;
    });
}
