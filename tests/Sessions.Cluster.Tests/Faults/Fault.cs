namespace Sessions.Cluster.Tests;

/// <summary>What happens in production.</summary>
internal enum Fault
{
    /// <summary><c>kill -9</c> of a replica that runs agents and serves streams; a new process takes its place.</summary>
    KillReplica,

    /// <summary>SIGSTOP of a replica that runs agents, past its leases, then SIGCONT: its worker is a zombie.</summary>
    StopReplica,

    /// <summary><c>kill -9</c> of PostgreSQL and an immediate restart.</summary>
    KillDatabase,

    /// <summary>PostgreSQL is shut down and started again after ten seconds.</summary>
    DatabaseOutage,

    /// <summary>A replica's writing connections are cut, a few times.</summary>
    CutWriters,

    /// <summary>The connections on which replicas hear of each other are cut, again and again: notifications get lost.</summary>
    LoseNotifications,

    /// <summary>SIGTERM to one replica after the other, each started again.</summary>
    RollingRestart,
}
