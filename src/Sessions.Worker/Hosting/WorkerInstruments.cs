using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sessions.Worker;

/// <summary>A worker's metrics, on the meter <c>Sessions</c>.</summary>
internal static class WorkerInstruments
{
    private static readonly Meter Meter = new("Sessions");

    private static readonly UpDownCounter<long> Active = Meter.CreateUpDownCounter<long>(
        "sessions.worker.runs", "{run}", "Runs that this worker holds.");

    private static readonly Counter<long> Faults = Meter.CreateCounter<long>(
        "sessions.worker.report.faults", "{fault}", "Reports that failed and were or may be sent again.");

    private static readonly Counter<long> Lost = Meter.CreateCounter<long>(
        "sessions.worker.leases.lost", "{lease}", "Runs that this worker had to leave.");

    public static void RunBegan(string worker) => Active.Add(1, new TagList { { "worker", worker } });

    public static void RunLeft(string worker) => Active.Add(-1, new TagList { { "worker", worker } });

    public static void ReportFaulted(string report) => Faults.Add(1, new TagList { { "report", report } });

    public static void LeaseLost() => Lost.Add(1);
}
