using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>What an agent is given for one run.</summary>
/// <param name="Run">The run; <see cref="RunResource.Input"/> is what it is to answer.</param>
/// <param name="Session">The run's session as it was when the run was claimed.</param>
/// <param name="Messages">The transcript, oldest first; the last user message is the run's own input.</param>
/// <param name="Lease">The lease as it was when the run was claimed; the worker keeps it.</param>
public sealed record AgentRun(
    RunResource Run, SessionResource Session, IReadOnlyList<MessageResource> Messages, LeaseResource Lease);
