using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// Durable runs and decisions, by one or more replica processes over one database, in turn with bare commits on the same
/// server. Several numbers of replicas take turns too; those whose turn it is not are idle.
/// </summary>
internal static class PostgresLifecycle
{
    public static async Task<Report> RunAsync(
        LifecycleSettings settings, int runs, bool decisions, IReadOnlyList<int> replicas, RoundSettings rounds, string? connectionString,
        CancellationToken cancellationToken)
    {
        await using var server = await LoadServer.StartAsync(connectionString, cancellationToken);
        await using var database = await ReferenceDatabase.CreateAsync(await server.CreateDatabaseAsync(cancellationToken), cancellationToken);
        var reference = new CommitReference(database, server.Facts.Postmaster, TimeSpan.FromSeconds(Math.Max(1, settings.Seconds / 2)));
        await reference.WarmAsync(rounds.Warm, cancellationToken);

        var report = new Report("lifecycle", string.Create(
            CultureInfo.InvariantCulture,
            $"{(decisions ? "bare decisions" : "full runs")}, {settings.Seconds} s x {rounds.Count}, per replica {settings}; {server.Facts}; reference: {CommitReference.Description}"));
        ReplicaWork[] kinds = decisions ? [ReplicaWork.Append, ReplicaWork.Handle] : [ReplicaWork.Runs];
        var warm = settings with { Seconds = (int)Math.Ceiling(rounds.Warm.TotalSeconds / kinds.Length) };
        var order = new ReplicaOrder(kinds[0], "warm", runs, warm) { Postmaster = server.Facts.Postmaster };
        var series = new List<LifecycleSeries>();
        try
        {
            foreach (var count in replicas)
            {
                series.Add(await LifecycleSeries.StartAsync(server, count, cancellationToken));
                foreach (var kind in kinds)
                    await series[^1].DoAsync(order with { Work = kind }, cancellationToken);
            }

            for (var round = 0; round < rounds.Count; round++)
            {
                var measured = order with { Name = string.Create(CultureInfo.InvariantCulture, $"run{round}"), Settings = settings };
                foreach (var one in series)
                {
                    foreach (var kind in kinds)
                        await one.MeasureAsync(measured with { Work = kind }, reference, cancellationToken);
                }
            }

            foreach (var one in series)
            {
                LifecycleFigures.Add(report, one, series[0]);
                report.Fail(await one.AuditAsync(cancellationToken));
            }
        }
        finally
        {
            foreach (var one in series)
                await one.DisposeAsync();
        }

        report.Fail(await database.AuditAsync(0, cancellationToken));
        return report;
    }
}
