using System.Diagnostics;

namespace Sessions.Load;

/// <summary>One send at a time; only it is timed. Its run is then claimed and completed.</summary>
internal static class SendWork
{
    public static async Task<WorkDone> RunAsync(PostgresReplica replica, ReplicaOrder order, CancellationToken cancellationToken)
    {
        var latencies = new Latencies();
        var from = Stopwatch.GetTimestamp();
        var sent = await DriveAsync(
            new EngineTarget(EngineDoors.Of(replica.Engine), replica.Agent, order.Settings), order.Name, TimeSpan.FromSeconds(order.Settings.Seconds), order.Settings.Turns,
            latencies, cancellationToken);
        return new WorkDone(sent, Stopwatch.GetElapsedTime(from), latencies.All(), WorkDone.NoFaults);
    }

    /// <summary>Sends for a while.</summary>
    /// <returns>How many runs were sent and completed.</returns>
    public static async Task<long> DriveAsync(
        ILifecycleTarget target, string name, TimeSpan time, int turns, Latencies latencies, CancellationToken cancellationToken)
    {
        var from = Stopwatch.GetTimestamp();
        var claimed = new List<RunTicket>();
        for (var turn = 0; ; turn++)
        {
            if (Stopwatch.GetElapsedTime(from) >= time)
                return turn;

            var ticket = RunTicket.Create(0, $"{name}-{turn / turns}", turn);
            var sent = Stopwatch.GetTimestamp();
            await target.SendAsync(ticket, cancellationToken);
            latencies.Since(sent);
            claimed.Clear();
            while (claimed.Count == 0)
                await target.ClaimAsync(0, claimed, cancellationToken);

            if (claimed.Count != 1 || claimed[0].Run != ticket.Run)
                throw new InvalidDataException($"{string.Join(", ", claimed.Select(run => run.Run))} were claimed instead of {ticket.Run}.");

            await target.CompleteAsync(0, claimed[0], cancellationToken);
        }
    }
}
