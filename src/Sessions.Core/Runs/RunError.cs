namespace Sessions.Core;

/// <summary>Why a run failed.</summary>
/// <param name="Code">A stable code: one of <see cref="RunErrorCode"/> or the agent's own.</param>
/// <param name="Message">One line for people.</param>
public sealed record RunError(string Code, string Message);

/// <summary>The codes that the kernel itself knows.</summary>
public static class RunErrorCode
{
    /// <summary>The lease expired.</summary>
    public const string WorkerLost = "worker_lost";

    /// <summary>The agent's process ended without a report.</summary>
    public const string WorkerExited = "worker_exited";

    /// <summary>The worker was stopped on purpose.</summary>
    public const string WorkerShutdown = "worker_shutdown";

    /// <summary>The attempt took longer than the run's timeout.</summary>
    public const string DeadlineExceeded = "deadline_exceeded";

    /// <summary>The run waited behind others longer than its queue timeout.</summary>
    public const string QueueTimeout = "queue_timeout";

    /// <summary>The run could have started but no worker took it within its queue timeout.</summary>
    public const string NoWorker = "no_worker";

    /// <summary>The session was bound to another agent by the time the run could start.</summary>
    public const string AgentMismatch = "agent_mismatch";

    /// <summary>True for the codes that mean: the run lost its worker, another one may try again.</summary>
    public static bool IsLostWorker(string code) => code is WorkerLost or WorkerExited or WorkerShutdown;
}
