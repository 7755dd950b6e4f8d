namespace Sessions.Load;

/// <summary>What a replica's process, its store and the database server spend between two moments.</summary>
internal sealed class ReplicaGauge(StoreMeter meter, int postmaster)
{
    private (MemorySample Memory, StoreCounts Store, double Server) _before;
    private (MemorySample Memory, StoreCounts Store, double Server)? _spent;

    /// <summary>From now on; work that has to prepare something says so again behind that.</summary>
    public void Start() => _before = Take(collect: true);

    /// <summary>Until now; the first time counts.</summary>
    public void Stop()
    {
        var now = Take(collect: false);
        _spent ??= (now.Memory.Since(_before.Memory), now.Store.Since(_before.Store), now.Server - _before.Server);
    }

    public ReplicaRound Of(WorkDone work, IReadOnlyList<string> faults)
    {
        var (memory, store, server) = _spent!.Value;
        return new ReplicaRound
        {
            Done = work.Done,
            Runs = work.Runs,
            Seconds = work.Elapsed.TotalSeconds,
            Latencies = work.Latencies.Buckets(),
            LatencyMax = work.Latencies.Max,
            Store = store,
            CpuSeconds = memory.CpuSeconds,
            ServerCpuSeconds = double.IsNaN(server) ? 0 : server,
            Allocated = memory.Allocated,
            Faults = faults,
        };
    }

    private (MemorySample Memory, StoreCounts Store, double Server) Take(bool collect) =>
        (MemorySample.Take(collect), meter.Read(), ServerCpu.Seconds(postmaster));
}
