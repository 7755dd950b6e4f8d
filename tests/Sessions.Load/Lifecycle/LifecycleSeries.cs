using System.Globalization;

namespace Sessions.Load;

/// <summary>A number of replicas over a database of their own, what they have done, and what the reference did just before.</summary>
internal sealed class LifecycleSeries : IAsyncDisposable
{
    private const int DecisionsPerRun = 3;

    private readonly ReplicaGroup _group;
    private readonly string _connectionString;
    private readonly List<string> _faults = [];
    private long _runs;

    private LifecycleSeries(int replicas, string connectionString, ReplicaGroup group)
    {
        Replicas = replicas;
        _connectionString = connectionString;
        _group = group;
    }

    public int Replicas { get; }

    /// <summary>The measured rounds of each kind of work.</summary>
    public Dictionary<ReplicaWork, List<GroupRound>> Rounds { get; } = [];

    /// <summary>The reference's rounds.</summary>
    public List<CommitRound> Bare { get; } = [];

    public static async Task<LifecycleSeries> StartAsync(LoadServer server, int replicas, CancellationToken cancellationToken)
    {
        var connectionString = await server.CreateDatabaseAsync(cancellationToken);
        return new LifecycleSeries(replicas, connectionString, await ReplicaGroup.StartAsync(connectionString, replicas, cancellationToken));
    }

    /// <summary>Has the replicas work, before what is measured or as a part of it.</summary>
    public async Task<GroupRound> DoAsync(ReplicaOrder order, CancellationToken cancellationToken)
    {
        var round = await _group.DoAsync(order with { Name = string.Create(CultureInfo.InvariantCulture, $"{order.Name}-{order.Work}") }, cancellationToken);
        _runs += round.Done;
        _faults.AddRange(round.Rounds.SelectMany(replica => replica.Faults));
        return round;
    }

    public async Task MeasureAsync(ReplicaOrder order, CommitReference reference, CancellationToken cancellationToken)
    {
        Bare.Add(await reference.RunAsync(cancellationToken));
        if (!Rounds.TryGetValue(order.Work, out var rounds))
            Rounds.Add(order.Work, rounds = []);

        rounds.Add(await DoAsync(order, cancellationToken));
    }

    /// <summary>What was wrong, the database as a whole included.</summary>
    public async Task<IEnumerable<string>> AuditAsync(CancellationToken cancellationToken) =>
        [.. _faults, .. await DatabaseAudit.RunAsync(_connectionString, _runs, _runs * DecisionsPerRun, 0, cancellationToken)];

    public ValueTask DisposeAsync() => _group.DisposeAsync();
}
