using System.Diagnostics;
using Sessions.Testing;

namespace Sessions.Postgres.Tests;

/// <summary>A replica's clock that runs as the real one does and can be put forward, its timers with it.</summary>
public sealed class RunningClock : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly PeriodicTimer _ticks = new(Tick);
    private readonly Task _running;

    public RunningClock() => _running = RunAsync();

    public ManualTimeProvider Time { get; } = new();

    public void Advance(TimeSpan time) => Time.Advance(time);

    public async ValueTask DisposeAsync()
    {
        _ticks.Dispose();
        await _running;
    }

    private async Task RunAsync()
    {
        var last = Stopwatch.GetTimestamp();
        while (await _ticks.WaitForNextTickAsync())
        {
            var now = Stopwatch.GetTimestamp();
            Time.Advance(Stopwatch.GetElapsedTime(last, now));
            last = now;
        }
    }
}
