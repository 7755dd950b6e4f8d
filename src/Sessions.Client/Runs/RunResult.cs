using System.Diagnostics;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>How a run ended: <see cref="RunCompleted"/>, <see cref="RunFailed"/> or <see cref="RunAborted"/>.</summary>
/// <param name="Run">The run, terminal.</param>
public abstract record RunResult(RunResource Run)
{
    /// <summary>What was answered; of a failed or aborted run, as much as there was.</summary>
    public string Text => Run.Output?.Text ?? "";

    /// <summary>The result of a run, or null while it is not terminal.</summary>
    public static RunResult? Of(RunResource run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Status switch
        {
            RunStatuses.Completed => new RunCompleted(run),
            RunStatuses.Failed => new RunFailed(run, run.Error ?? new ErrorResource("unknown", "The server gave no reason.")),
            RunStatuses.Aborted => new RunAborted(run, run.AbortReason ?? AbortReasons.User),
            RunStatuses.Queued or RunStatuses.Running => null,
            _ => throw new UnreachableException($"Run {run.Id} of session {run.SessionId} has the status {run.Status}."),
        };
    }
}

/// <summary>The agent answered.</summary>
/// <param name="Run">The run, terminal.</param>
public sealed record RunCompleted(RunResource Run) : RunResult(Run);

/// <summary>The run failed.</summary>
/// <param name="Run">The run, terminal.</param>
/// <param name="Error">Why.</param>
public sealed record RunFailed(RunResource Run, ErrorResource Error) : RunResult(Run);

/// <summary>The run was aborted.</summary>
/// <param name="Run">The run, terminal.</param>
/// <param name="Reason">One of <see cref="AbortReasons"/>.</param>
public sealed record RunAborted(RunResource Run, string Reason) : RunResult(Run);
