namespace Sessions.Core.Tests.Properties;

/// <summary>
/// Something to try on a session. It names runs and epochs by what they are when it is tried, so that a sequence keeps its
/// meaning when shrinking takes others out of it.
/// </summary>
internal abstract record Operation
{
    internal sealed record Create(int Agent, int Title) : Operation;

    internal sealed record Update(int Title) : Operation;

    /// <summary>Key, run and agent count from 1: 0 is no key, a new run, no agent. The last agent is unknown.</summary>
    internal sealed record Send(
        int Key, int Payload, int Run, int Agent, IfBusy IfBusy, int MaxAttempts, int MaxQueued) : Operation;

    /// <summary>The worker runs the agents whose bits are set.</summary>
    internal sealed record Start(int Worker, int Agents) : Operation;

    internal sealed record Output(Aim Aim, int? Batch, int Kind) : Operation;

    internal sealed record Heartbeat(Aim Aim) : Operation;

    internal sealed record Complete(Aim Aim, bool Whole) : Operation;

    internal sealed record Fail(Aim Aim, int Code, FailPhase Phase) : Operation;

    internal sealed record Return(Aim Aim) : Operation;

    internal sealed record AbortSession : Operation;

    internal sealed record AbortRun(int Run) : Operation;

    internal sealed record AbortKey(int Key) : Operation;

    internal sealed record Expire : Operation;

    /// <summary>The clock moves, then what is due ends.</summary>
    internal sealed record Pass(int Milliseconds, bool Sweep) : Operation;

    internal sealed record Reset : Operation;

    internal sealed record Delete : Operation;

    /// <summary>One replica decides on the first, then the other happens, then the replica commits.</summary>
    internal sealed record Race(Operation First, Operation Between) : Operation;
}

/// <summary>Which run and epoch a worker writes under.</summary>
internal enum Aim
{
    /// <summary>The running run at its epoch.</summary>
    Current,

    /// <summary>The running run at the epoch before.</summary>
    OldEpoch,

    /// <summary>The running run at an epoch that nobody has.</summary>
    NewEpoch,

    /// <summary>The run that ended last, at its own epoch.</summary>
    Ended,

    /// <summary>The head of the queue at its own epoch.</summary>
    Waiting,

    /// <summary>The run that ended last at the current epoch.</summary>
    EndedAtCurrentEpoch,

    /// <summary>A run that was never accepted.</summary>
    NoRun,
}
