using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>Thrown by an agent to fail its run with a code of its choice.</summary>
/// <param name="code">
/// A stable code such as <c>upstream_unreachable</c>; cut at <see cref="Limits.ErrorCodeLength"/> characters,
/// <c>agent_error</c> when empty.
/// </param>
/// <param name="message">For people; brought to one line and <see cref="Limits.ErrorMessageBytes"/> when reported.</param>
/// <param name="phase"><c>start</c> when the agent never started, else <c>run</c>, see <see cref="FailPhases"/>.</param>
/// <param name="innerException">What led to it, for the log.</param>
public sealed class AgentException(
    string code, string message, string phase = FailPhases.Run, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The code that the run fails with.</summary>
    public string Code { get; } = code;

    /// <summary>One of <see cref="FailPhases"/>.</summary>
    public string Phase { get; } = phase;
}
