using System.Diagnostics;
using System.Diagnostics.Metrics;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>The engine's metrics, on the meter <c>Sessions</c>.</summary>
public sealed class EngineInstruments : IDisposable
{
    private readonly Meter _meter = new("Sessions");
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _conflicts;
    private readonly Histogram<double> _feedLag;

    /// <summary>Makes them.</summary>
    public EngineInstruments()
    {
        _duration = _meter.CreateHistogram<double>("sessions.run.duration", "s", "From acceptance to the terminal state.");
        _active = _meter.CreateUpDownCounter<long>(
            "sessions.runs.active", "{run}", "Queued or running; of this replica's decisions, so sum over the replicas.");
        _conflicts = _meter.CreateCounter<long>("sessions.decision.conflicts", "{conflict}", "Races lost, and decided again.");
        _feedLag = _meter.CreateHistogram<double>(
            "sessions.feed.lag", "s", "From another replica's commit, by the store's clock, to its read for a subscriber, by this one's.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>A subscriber that follows was given what another replica committed.</summary>
    internal void Followed(TimeSpan lag) => _feedLag.Record(Math.Max(0, lag.TotalSeconds));

    internal void Conflict() => _conflicts.Add(1);

    internal void Committed(SealedDecision committed)
    {
        if (!_duration.Enabled && !_active.Enabled)
            return;

        foreach (var record in committed.Records)
        {
            if (record.Event is RunQueued)
            {
                _active.Add(1);
            }
            else if (record.Event is RunEnded { Run: var run })
            {
                _active.Add(-1);
                _duration.Record(
                    (run.EndedAt!.Value - run.QueuedAt).TotalSeconds,
                    new TagList { { "status", run.Status.ToWire() }, { "agent", run.Agent.Value } });
            }
        }
    }
}
