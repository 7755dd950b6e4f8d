using Sessions.Testing;

namespace Sessions.Engine.Tests;

public sealed class MemoryStoreConformance : SessionStoreConformance
{
    private readonly ManualTimeProvider _time = new();

    protected override ValueTask<ISessionStore> CreateStoreAsync() => new(new MemoryStore(_time));

    protected override ValueTask PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    }
}
