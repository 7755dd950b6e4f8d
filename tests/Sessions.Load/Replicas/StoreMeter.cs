using System.Diagnostics.Metrics;

namespace Sessions.Load;

/// <summary>Adds up what the store's meter says of its commits.</summary>
internal sealed class StoreMeter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private StoreCounts _counts;

    public StoreMeter()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Sessions", Name: "sessions.store.batch.size" or "sessions.store.commit.duration" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, writes, _, _) => Add(new StoreCounts(1, writes, 0)));
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => Add(new StoreCounts(0, 0, seconds)));
        _listener.Start();
    }

    public StoreCounts Read()
    {
        lock (_gate)
            return _counts;
    }

    public void Dispose() => _listener.Dispose();

    private void Add(StoreCounts counts)
    {
        lock (_gate)
            _counts = new StoreCounts(_counts.Commits + counts.Commits, _counts.Writes + counts.Writes, _counts.Seconds + counts.Seconds);
    }
}
