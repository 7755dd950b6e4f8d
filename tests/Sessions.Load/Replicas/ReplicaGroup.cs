namespace Sessions.Load;

/// <summary>Replicas over one database, each in a process of its own.</summary>
internal sealed class ReplicaGroup(IReadOnlyList<ReplicaProcess> replicas) : IAsyncDisposable
{
    public static async Task<ReplicaGroup> StartAsync(string connectionString, int count, CancellationToken cancellationToken)
    {
        var started = new List<ReplicaProcess>();
        try
        {
            for (var number = 0; number < count; number++)
                started.Add(await ReplicaProcess.StartAsync(connectionString, $"load{number}", cancellationToken));

            return new ReplicaGroup(started);
        }
        catch
        {
            await new ReplicaGroup(started).DisposeAsync();
            throw;
        }
    }

    /// <summary>Has all of them do the same at the same time.</summary>
    public async Task<GroupRound> DoAsync(ReplicaOrder order, CancellationToken cancellationToken) => new(await Task.WhenAll(
        replicas.Select((replica, number) => replica.DoAsync(order with { Name = $"p{number}-{order.Name}" }, cancellationToken))));

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in replicas)
            await replica.DisposeAsync();
    }
}

/// <summary>What a group did for an order.</summary>
/// <param name="Rounds">What each did.</param>
internal sealed record GroupRound(IReadOnlyList<ReplicaRound> Rounds)
{
    /// <summary>What the database server spent: each of them sees all of it. Not a number when it is on another machine.</summary>
    public double ServerCpuSeconds => Rounds.Max(round => round.ServerCpuSeconds) is > 0 and var seconds ? seconds : double.NaN;

    public long Done => Rounds.Sum(round => round.Done);

    public double PerSecond => Rounds.Sum(round => round.Done / round.Seconds);

    public double Seconds => Rounds.Max(round => round.Seconds);

    public double CpuSeconds => Rounds.Sum(round => round.CpuSeconds);

    public double Allocated => Rounds.Sum(round => (double)round.Allocated);

    public StoreCounts Store => new(
        Rounds.Sum(round => round.Store.Commits), Rounds.Sum(round => round.Store.Writes), Rounds.Sum(round => round.Store.Seconds));

    /// <summary>The latencies of all of them in some rounds.</summary>
    public static LatencySummary Latency(IEnumerable<GroupRound> groups)
    {
        var all = new Histogram();
        foreach (var round in groups.SelectMany(group => group.Rounds))
            all.AddBuckets(round.Latencies, round.LatencyMax);

        return Latencies.Summarize(all);
    }
}
