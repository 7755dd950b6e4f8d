using System.CommandLine;
using System.Text.Json;

namespace Sessions.Load;

/// <summary>
/// Hidden: a replica in a process of its own, with the senders and workers that load it. Says that it is ready, then
/// answers each order with what it did, and ends with its standard input.
/// </summary>
internal static class ReplicaCommand
{
    public const string Name = "replica";
    public const string Ready = "ready";

    public static Command Create()
    {
        var command = new Command(Name) { Hidden = true };
        var agent = new Argument<string>("agent");
        command.Arguments.Add(agent);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(agent), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string agent, CancellationToken cancellationToken)
    {
        using var meter = new StoreMeter();
        await using var replica = await PostgresReplica.StartAsync(
            Environment.GetEnvironmentVariable(LoadProcess.ConnectionVariable)!, agent, cancellationToken);
        await Console.Out.WriteLineAsync(Ready);
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            var order = JsonSerializer.Deserialize(line, ReplicaJson.Default.ReplicaOrder)!;
            var before = (Memory: MemorySample.Take(collect: true), Store: meter.Read());
            var work = await WorkAsync(replica, order, cancellationToken);
            var spent = MemorySample.Take(collect: false).Since(before.Memory);
            var round = new ReplicaRound
            {
                Done = work.Done,
                Seconds = work.Elapsed.TotalSeconds,
                Latencies = work.Latencies.Buckets(),
                LatencyMax = work.Latencies.Max,
                Store = meter.Read().Since(before.Store),
                CpuSeconds = spent.CpuSeconds,
                Allocated = spent.Allocated,
                Faults = await work.AuditAsync(cancellationToken),
            };
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(round, ReplicaJson.Default.ReplicaRound));
        }

        return ExitCodes.Fine;
    }

    private static Task<WorkDone> WorkAsync(PostgresReplica replica, ReplicaOrder order, CancellationToken cancellationToken) => order.Work switch
    {
        ReplicaWork.Runs => RunWork.RunAsync(replica, order, cancellationToken),
        ReplicaWork.Append => new DecisionWork(replica, order, loads: false).RunAsync(cancellationToken),
        ReplicaWork.Handle => new DecisionWork(replica, order, loads: true).RunAsync(cancellationToken),
        _ => throw new InvalidOperationException($"The work {order.Work} is of no known kind."),
    };
}

/// <summary>What an order's work came to.</summary>
/// <param name="Done">How much.</param>
/// <param name="Elapsed">In what time.</param>
/// <param name="Latencies">How long each took.</param>
/// <param name="AuditAsync">Looks, outside of what is measured, at what came of it; returns the faults.</param>
internal sealed record WorkDone(
    long Done, TimeSpan Elapsed, Histogram Latencies, Func<CancellationToken, Task<IReadOnlyList<string>>> AuditAsync)
{
    /// <summary>For work that only the database's audit looks at.</summary>
    public static Task<IReadOnlyList<string>> NoFaults(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);
}
