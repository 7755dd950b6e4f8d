using System.Globalization;

namespace Sessions.Load;

/// <summary>What a process has allocated, collected and holds.</summary>
internal readonly record struct MemorySample(
    long Allocated, int Gen0, int Gen1, int Gen2, long Heap, long WorkingSet, double CpuSeconds)
{
    public static MemorySample Take(bool collect)
    {
        if (collect)
        {
            // Not aggressively: what follows would pay for getting the memory back.
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        }

        return new MemorySample(
            GC.GetTotalAllocatedBytes(precise: true),
            GC.CollectionCount(0),
            GC.CollectionCount(1),
            GC.CollectionCount(2),
            GC.GetTotalMemory(forceFullCollection: false),
            Environment.WorkingSet,
            Environment.CpuUsage.TotalTime.TotalSeconds);
    }

    /// <summary>What has changed since an earlier sample.</summary>
    public MemorySample Since(MemorySample earlier) => new(
        Allocated - earlier.Allocated,
        Gen0 - earlier.Gen0,
        Gen1 - earlier.Gen1,
        Gen2 - earlier.Gen2,
        Heap - earlier.Heap,
        WorkingSet - earlier.WorkingSet,
        CpuSeconds - earlier.CpuSeconds);

    /// <summary>As one line, for <see cref="Parse"/>.</summary>
    public string Format() => string.Create(
        CultureInfo.InvariantCulture, $"{Allocated} {Gen0} {Gen1} {Gen2} {Heap} {WorkingSet} {CpuSeconds:R}");

    public static MemorySample Parse(string line)
    {
        var parts = line.Split(' ');
        return new MemorySample(Long(0), (int)Long(1), (int)Long(2), (int)Long(3), Long(4), Long(5), double.Parse(parts[6], CultureInfo.InvariantCulture));

        long Long(int at) => long.Parse(parts[at], CultureInfo.InvariantCulture);
    }
}
