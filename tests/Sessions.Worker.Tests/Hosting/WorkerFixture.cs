using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sessions.Testing;

namespace Sessions.Worker.Tests;

/// <summary>A worker with one agent over a scripted control plane, on a clock that the test advances.</summary>
internal sealed class WorkerFixture : IAsyncDisposable
{
    private readonly TimeProvider _timeProvider;

    public WorkerFixture(IAgent agent, int maxConcurrency = 4, TimeProvider? timeProvider = null)
    {
        _timeProvider = timeProvider ?? Time;
        Worker = new AgentWorker(
            Connection, new Dictionary<string, IAgent> { ["agent"] = agent },
            new WorkerOptions { WorkerId = "w1", MaxConcurrency = maxConcurrency, FlushInterval = TimeSpan.Zero }, _timeProvider, Logger, new Random(1));
    }

    public ManualTimeProvider Time { get; } = new();

    public ScriptedConnection Connection { get; } = new();

    public AgentWorker Worker { get; }

    public ILogger<AgentWorker> Logger { get; } = NullLogger<AgentWorker>.Instance;

    public Task Until(Func<bool> condition) =>
        Eventually.True(condition, () => $"{Worker.RunCount} runs at {Time.Elapsed}, next timer in {Time.UntilNextTimer}\n{Connection}");

    /// <summary>Lets time pass from timer to timer until the condition holds; gives what is set off time to arm the next one.</summary>
    public async Task AdvanceUntil(Func<bool> condition, TimeSpan? step = null)
    {
        await Until(() =>
        {
            if (!condition())
                Time.Advance(step ?? TimeSpan.FromMilliseconds(20));
            return condition();
        });
    }

    /// <summary>Waits until a timer is due in exactly this time.</summary>
    public Task UntilTimerIn(TimeSpan time) => Until(() => Time.UntilNextTimer == time);

    public Task StartAsync() => Worker.StartAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        var disposal = Worker.DisposeAsync().AsTask();
        await AdvanceUntil(() => disposal.IsCompleted, TimeSpan.FromSeconds(1));
        await disposal;
    }
}
