using System.CommandLine;
using System.Globalization;

namespace Sessions.Load;

/// <summary>Scenario <c>deltas</c>: durable output of many running runs.</summary>
internal static class DeltaCommand
{
    private const int DecisionsPerRun = 3;

    public static Command Create()
    {
        var command = new Command("deltas", "Stream deltas of many runs at a time into the durable log.");
        var sessions = CommonOptions.Number(command, "--sessions", "Runs that stream at the same time.", 256, 1, 2_000);
        var batch = CommonOptions.Number(command, "--batch", "Deltas in a worker's report.", 4, 1, 100);
        var seconds = CommonOptions.Number(command, "--seconds", "How long a round takes.", 4, 1, 600);
        var common = CommonOptions.AddTo(command, CommonOptions.Postgres);
        var rounds = RoundSettings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new LifecycleSettings(parsed.GetValue(sessions), 1, 1, 1, parsed.GetValue(seconds));
            var order = new ReplicaOrder(ReplicaWork.Deltas, "", 0, settings) { Batch = parsed.GetValue(batch) };
            var report = await RunAsync(order, rounds.Read(parsed), common.Connection(parsed), cancellationToken);
            return report.Print(common.Json(parsed));
        });
        return command;
    }

    private static async Task<Report> RunAsync(
        ReplicaOrder order, RoundSettings rounds, string? connectionString, CancellationToken cancellationToken)
    {
        await using var server = await LoadServer.StartAsync(connectionString, cancellationToken);
        await using var reference = await ReferenceDatabase.CreateAsync(await server.CreateDatabaseAsync(cancellationToken), cancellationToken);
        var own = await server.CreateDatabaseAsync(cancellationToken);
        await using var group = await ReplicaGroup.StartAsync(own, 1, cancellationToken);
        var report = new Report("deltas", string.Create(
            CultureInfo.InvariantCulture,
            $"{order.Settings.Sessions} runs at a time, {order.Batch} deltas a report, {order.Settings.Seconds} s x {rounds.Count}; {server.Facts}; reference: bare inserts of 50 rows a transaction"));
        order = order with { Postmaster = server.Facts.Postmaster };
        var half = TimeSpan.FromSeconds(order.Settings.Seconds / 2.0);
        var (session, rows, runs, deltas) = (0L, 0L, 0L, 0L);
        if (rounds.Warm > TimeSpan.Zero)
        {
            await InsertAsync(2, rounds.Warm / 4);
            await WriteAsync("warm", order.Settings with { Seconds = (int)Math.Ceiling(rounds.Warm.TotalSeconds) });
        }

        var (done, one, two) = (new List<GroupRound>(), new List<ReferenceRound>(), new List<ReferenceRound>());
        for (var round = 0; round < rounds.Count; round++)
        {
            one.Add(await InsertAsync(1, half));
            two.Add(await InsertAsync(2, half));
            done.Add(await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"run{round}"), order.Settings));
        }

        DeltaFigures.Add(report, done, one, two);
        report.Fail(await DatabaseAudit.RunAsync(own, runs, runs * DecisionsPerRun, deltas, cancellationToken));
        report.Fail(await reference.AuditAsync(rows, cancellationToken));
        return report;

        async Task<ReferenceRound> InsertAsync(int connections, TimeSpan time)
        {
            var (round, inserted) = await BatchedInserts.RunAsync(reference, session, connections, time, cancellationToken);
            session += connections;
            rows += inserted;
            return round;
        }

        async Task<GroupRound> WriteAsync(string name, LifecycleSettings settings)
        {
            var round = await group.DoAsync(order with { Name = name, Settings = settings }, cancellationToken);
            deltas += round.Done;
            runs += round.Rounds.Sum(replica => replica.Runs);
            report.Fail(round.Rounds.SelectMany(replica => replica.Faults));
            return round;
        }
    }
}
