using System.Globalization;

namespace Sessions.Load;

/// <summary>
/// Durable runs and decisions, by one or more replica processes over one database, in turn with bare commits on the same
/// server.
/// </summary>
internal static class PostgresLifecycle
{
    private const int DecisionsPerRun = 3;

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
        double? first = null;
        foreach (var count in replicas)
        {
            var name = replicas.Count == 1 && count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"{count} replica{(count == 1 ? "" : "s")}: ");
            var own = await server.CreateDatabaseAsync(cancellationToken);
            await using var group = await ReplicaGroup.StartAsync(own, count, cancellationToken);
            var acknowledged = 0L;
            ReplicaWork[] kinds = decisions ? [ReplicaWork.Append, ReplicaWork.Handle] : [ReplicaWork.Runs];
            var warm = settings with { Seconds = (int)Math.Ceiling(rounds.Warm.TotalSeconds / kinds.Length) };
            foreach (var kind in kinds)
                await DoAsync(kind, "warm", warm);

            var done = kinds.ToDictionary(kind => kind, _ => new List<GroupRound>());
            var bare = new List<CommitRound>();
            for (var round = 0; round < rounds.Count; round++)
            {
                foreach (var kind in kinds)
                {
                    bare.Add(await reference.RunAsync(cancellationToken));
                    done[kind].Add(await DoAsync(kind, string.Create(CultureInfo.InvariantCulture, $"run{round}"), settings));
                }
            }

            foreach (var kind in kinds)
                LifecycleFigures.Add(report, kind == ReplicaWork.Runs ? name : $"{name}{kind.ToString().ToLowerInvariant()}, ", kind, done[kind], bare, count == 1, ref first);

            report.Fail(await DatabaseAudit.RunAsync(own, acknowledged, acknowledged * DecisionsPerRun, 0, cancellationToken));

            async Task<GroupRound> DoAsync(ReplicaWork kind, string round, LifecycleSettings how)
            {
                var order = new ReplicaOrder(kind, $"{round}-{kind}", runs, how) { Postmaster = server.Facts.Postmaster };
                var of = await group.DoAsync(order, cancellationToken);
                acknowledged += of.Done;
                report.Fail(of.Rounds.SelectMany(replica => replica.Faults));
                return of;
            }
        }

        report.Fail(await database.AuditAsync(0, cancellationToken));
        return report;
    }
}
