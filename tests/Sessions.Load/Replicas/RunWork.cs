namespace Sessions.Load;

/// <summary>Whole runs through the engine's doors. Some of the sessions are then read back as a subscriber sees them.</summary>
internal static class RunWork
{
    /// <summary>The rest is audited in the database.</summary>
    private const int ReadBack = 200;

    public static async Task<WorkDone> RunAsync(PostgresReplica replica, ReplicaOrder order, CancellationToken cancellationToken)
    {
        var target = new EngineTarget(EngineDoors.Of(replica.Engine), replica.Agent, order.Settings);
        var round = await new LifecycleDriver(target, order.Settings).RunAsync(order.Name, order.Runs, cancellationToken);
        return new WorkDone(round.Accepted.Count, round.Elapsed, round.Latencies, cancellation =>
        {
            var some = round.Accepted.GroupBy(ticket => ticket.Session).Take(ReadBack).SelectMany(session => session);
            return LifecycleAudit.RunAsync(round with { Accepted = [.. some] }, target.ReadLogAsync, cancellation);
        });
    }
}
