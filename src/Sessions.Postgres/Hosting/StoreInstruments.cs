using System.Diagnostics.Metrics;

namespace Sessions.Postgres;

/// <summary>The store's metrics, on the meter <c>Sessions</c>.</summary>
internal sealed class StoreInstruments : IDisposable
{
    private readonly Meter _meter = new("Sessions");
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _duration;

    public StoreInstruments()
    {
        _batchSize = _meter.CreateHistogram<int>("sessions.store.batch.size", "{write}", "Writes in one commit.");
        _duration = _meter.CreateHistogram<double>("sessions.store.commit.duration", "s", "One commit's round trip.");
    }

    public void Dispose() => _meter.Dispose();

    public void Committed(int writes, TimeSpan took)
    {
        _batchSize.Record(writes);
        _duration.Record(took.TotalSeconds);
    }
}
