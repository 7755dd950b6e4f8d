using System.Diagnostics.Metrics;

namespace Sessions.Load;

/// <summary>What a worker of the SDK counts, on its meter, that should not happen.</summary>
internal sealed class WorkerCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _leasesLost;
    private long _reportFaults;

    public WorkerCounts()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Sessions" && instrument.Name is "sessions.worker.leases.lost" or "sessions.worker.report.faults")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            Interlocked.Add(ref instrument.Name == "sessions.worker.leases.lost" ? ref _leasesLost : ref _reportFaults, value));
        _listener.Start();
    }

    public long LeasesLost => Interlocked.Read(ref _leasesLost);

    public long ReportFaults => Interlocked.Read(ref _reportFaults);

    public void Dispose() => _listener.Dispose();
}
