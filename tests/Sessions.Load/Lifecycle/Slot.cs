using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Sessions.Load;

/// <summary>A place for one run at a time: a sender waits here until a worker has ended it. Nothing is allocated per run.</summary>
internal sealed class Slot(int number, int turns) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _ended = new() { RunContinuationsAsynchronously = true };
    private string _session = "";
    private int _turn;
    private long _sentAt;

    /// <summary>What was accepted here.</summary>
    public List<RunTicket> Accepted { get; } = [];

    /// <summary>The next run: in the same session, or in a new one after as many turns as a conversation has.</summary>
    public RunTicket Next(string round)
    {
        if (_turn % turns == 0)
            _session = $"{round}-{number}-{_turn / turns}";

        _ended.Reset();
        _sentAt = Stopwatch.GetTimestamp();
        return RunTicket.Create(number, _session, _turn++);
    }

    /// <summary>The run was ended: how long that took is taken here, before the sender is scheduled again.</summary>
    public void Ended(Latencies latencies)
    {
        latencies.Since(_sentAt);
        _ended.SetResult(true);
    }

    public ValueTask WaitAsync() => new(this, _ended.Version);

    void IValueTaskSource.GetResult(short token) => _ended.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _ended.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _ended.OnCompleted(continuation, state, token, flags);
}
