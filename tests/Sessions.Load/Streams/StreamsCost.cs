namespace Sessions.Load;

/// <summary>What a worker's process has counted, and the CPU seconds of all who take part.</summary>
internal sealed record StreamsCost(long LeasesLost, long ReportFaults, double Worker, double Servers, double Database)
{
    public static async Task<StreamsCost> TakeAsync(WorkerScene scene, WorkerProcess worker, CancellationToken cancellationToken)
    {
        var sample = await worker.SampleAsync(cancellationToken);
        var servers = 0.0;
        foreach (var server in scene.Servers)
            servers += (await server.SampleAsync(collect: false, cancellationToken)).CpuSeconds;

        return new StreamsCost(
            sample.LeasesLost, sample.ReportFaults, sample.Spent.CpuSeconds, servers, ServerCpu.Seconds(scene.Facts?.Postmaster ?? 0));
    }

    public StreamsCost Since(StreamsCost earlier) => new(
        LeasesLost - earlier.LeasesLost, ReportFaults - earlier.ReportFaults, Worker - earlier.Worker, Servers - earlier.Servers, Database - earlier.Database);
}
