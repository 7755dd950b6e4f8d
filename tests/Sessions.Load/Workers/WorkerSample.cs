using System.Globalization;

namespace Sessions.Load;

/// <summary>What a worker's process has counted and spent.</summary>
/// <param name="LeasesLost">Runs that it had to leave.</param>
/// <param name="ReportFaults">Reports that failed and may have been sent again.</param>
/// <param name="Spent">What it spent.</param>
internal sealed record WorkerSample(long LeasesLost, long ReportFaults, MemorySample Spent)
{
    public static WorkerSample Parse(string text)
    {
        var parts = text.Split(' ', 3);
        return new WorkerSample(
            long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), MemorySample.Parse(parts[2]));
    }
}
