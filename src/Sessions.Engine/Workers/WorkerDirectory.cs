using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>An agent and who runs it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it was configured as; <c>remote</c> when a worker has announced it.</param>
/// <param name="Workers">How many connected workers run it.</param>
public sealed record AgentStatus(AgentName Name, string Kind, int Workers);

/// <summary>
/// The workers that are connected to this replica, those that the others tell of, the agents that they announced, and the
/// agents that were configured.
/// </summary>
internal sealed class WorkerDirectory
{
    /// <summary>How long a worker counts as connected after it was last heard.</summary>
    internal static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly IReadOnlyDictionary<AgentName, string> _configured;
    private readonly Dictionary<(TenantId Tenant, WorkerId Worker), Connection> _connections = [];
    private readonly RemoteWorkers _elsewhere;
    private readonly KnownAgents _always;
    private readonly Dictionary<TenantId, KnownAgents> _known = [];
    private DateTimeOffset _nextSweep = DateTimeOffset.MinValue;

    public WorkerDirectory(IReadOnlyDictionary<AgentName, string> configured, AgentName defaultAgent, TimeProvider time)
    {
        _configured = configured;
        _time = time;
        _elsewhere = new RemoteWorkers(time);
        _always = new KnownAgents(configured.Keys.ToHashSet(), defaultAgent);
    }

    /// <summary>Tells the other replicas; null where there are none.</summary>
    public Action<WorkerNews>? Tell { get; set; }

    /// <summary>The agents that runs can be sent to: those configured, and those that the tenant's own workers announced.</summary>
    public KnownAgents Known(TenantId tenant)
    {
        lock (_gate)
        {
            if (_connections.Count > 0 || !_elsewhere.IsEmpty)
                Sweep();

            return _known.GetValueOrDefault(tenant, _always);
        }
    }

    /// <summary>The agents that a tenant knows, by name, each with the tenant's workers that run it.</summary>
    public IReadOnlyList<AgentStatus> Agents(TenantId tenant)
    {
        lock (_gate)
        {
            Sweep(force: true);
            var names = _known.GetValueOrDefault(tenant, _always).Names;

            // A worker may be connected to several replicas.
            var workers = Here(tenant).Concat(_elsewhere.Of(tenant)).Distinct()
                .CountBy(presence => presence.Agent).ToDictionary();
            return [.. names.OrderBy(name => name.Value, StringComparer.Ordinal).Select(name => new AgentStatus(
                name, _configured.GetValueOrDefault(name, "remote"), workers.GetValueOrDefault(name)))];
        }
    }

    /// <summary>A worker asks for runs of these agents; it counts as connected until it is disposed, and a little longer.</summary>
    public IDisposable Claiming(TenantId tenant, WorkerId worker, IReadOnlySet<AgentName> agents)
    {
        Visit visit;
        bool isNews;
        lock (_gate)
        {
            var connection = Enter(tenant, worker);
            isNews = !ReferenceEquals(connection.Agents, agents) && !connection.Agents.SetEquals(agents);
            if (isNews)
            {
                connection.Agents = agents;
                Recount(tenant);
            }

            visit = new Visit(this, connection);
        }

        if (isNews)
            Tell?.Invoke(new WorkerNews([.. agents.Select(agent => new WorkerPresence(tenant, worker, agent))]));

        return visit;
    }

    /// <summary>Tells the other replicas of all workers that are connected here.</summary>
    /// <param name="asks">True to have them do so in turn.</param>
    public void Announce(bool asks)
    {
        if (Tell is not { } tell)
            return;

        ImmutableArray<WorkerPresence> present;
        lock (_gate)
        {
            present = [.. _connections.Where(entry => entry.Value.Visits > 0).SelectMany(Presences)];
        }

        if (asks || present.Length > 0)
            tell(new WorkerNews(present, asks));
    }

    /// <summary>Another replica tells of its workers.</summary>
    public void Hear(WorkerNews news)
    {
        lock (_gate)
        {
            foreach (var tenant in _elsewhere.Hear(news))
                Recount(tenant);
        }

        if (news.Asks)
            Announce(asks: false);
    }

    /// <summary>A worker listens for signals.</summary>
    public IWorkerSignals Listen(TenantId tenant, WorkerId worker)
    {
        lock (_gate)
        {
            var connection = Enter(tenant, worker);
            var signals = new WorkerSignals(new Visit(this, connection), Detach);
            connection.Listeners = [.. connection.Listeners, signals];
            return signals;

            void Detach(WorkerSignals gone)
            {
                lock (_gate)
                    connection.Listeners = [.. connection.Listeners.Where(other => !ReferenceEquals(other, gone))];
            }
        }
    }

    /// <summary>Tells a worker, if it is connected here.</summary>
    public void Signal(WorkerSignal signal)
    {
        WorkerSignals[] listeners;
        lock (_gate)
        {
            if (!_connections.TryGetValue((signal.Key.Tenant, signal.Worker), out var connection))
                return;

            listeners = connection.Listeners;
        }

        foreach (var listener in listeners)
            listener.Offer(signal);
    }

    private Connection Enter(TenantId tenant, WorkerId worker)
    {
        if (!_connections.TryGetValue((tenant, worker), out var connection))
            _connections.Add((tenant, worker), connection = new Connection());

        connection.Visits++;
        return connection;
    }

    private void Leave(Connection connection)
    {
        lock (_gate)
        {
            connection.Visits--;
            connection.LastSeen = _time.GetUtcNow();
        }
    }

    private void Sweep(bool force = false)
    {
        var now = _time.GetUtcNow();
        if (!force && now < _nextSweep)
            return;

        _nextSweep = now + TimeSpan.FromSeconds(1);
        var gone = _connections.Where(entry => entry.Value.Visits == 0 && entry.Value.LastSeen + Linger <= now).ToArray();
        foreach (var (key, _) in gone)
            _connections.Remove(key);

        foreach (var tenant in gone.Select(entry => entry.Key.Tenant).Concat(_elsewhere.Forget(Linger)).Distinct())
            Recount(tenant);
    }

    private IEnumerable<WorkerPresence> Here(TenantId tenant) =>
        _connections.Where(entry => entry.Key.Tenant == tenant).SelectMany(Presences);

    private static IEnumerable<WorkerPresence> Presences(KeyValuePair<(TenantId Tenant, WorkerId Worker), Connection> entry) =>
        entry.Value.Agents.Select(agent => new WorkerPresence(entry.Key.Tenant, entry.Key.Worker, agent));

    private void Recount(TenantId tenant)
    {
        var announced = Here(tenant).Concat(_elsewhere.Of(tenant)).Select(presence => presence.Agent).ToHashSet();
        if (announced.IsSubsetOf(_always.Names))
            _known.Remove(tenant);
        else
            _known[tenant] = _always with { Names = announced.Concat(_always.Names).ToHashSet() };
    }

    private sealed class Connection
    {
        public IReadOnlySet<AgentName> Agents { get; set; } = new HashSet<AgentName>();

        public int Visits { get; set; }

        public DateTimeOffset LastSeen { get; set; }

        public WorkerSignals[] Listeners { get; set; } = [];
    }

    private sealed class Visit(WorkerDirectory directory, Connection connection) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _left, true))
                directory.Leave(connection);
        }
    }
}
