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
            var gauge = new ReplicaGauge(meter, order.Postmaster);
            gauge.Start();
            var work = await WorkAsync(replica, order, gauge, cancellationToken);
            gauge.Stop();
            var round = gauge.Of(work, await work.AuditAsync(cancellationToken));
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(round, ReplicaJson.Default.ReplicaRound));
        }

        return ExitCodes.Fine;
    }

    private static Task<WorkDone> WorkAsync(
        PostgresReplica replica, ReplicaOrder order, ReplicaGauge gauge, CancellationToken cancellationToken) => order.Work switch
        {
            ReplicaWork.Runs => RunWork.RunAsync(replica, order, cancellationToken),
            ReplicaWork.Append => new DecisionWork(replica, order, loads: false).RunAsync(cancellationToken),
            ReplicaWork.Handle => new DecisionWork(replica, order, loads: true).RunAsync(cancellationToken),
            ReplicaWork.Deltas => new DeltaWork(replica, order, gauge).RunAsync(cancellationToken),
            ReplicaWork.Sends => SendWork.RunAsync(replica, order, cancellationToken),
            _ => throw new InvalidOperationException($"The work {order.Work} is of no known kind."),
        };
}
