namespace Sessions.Worker;

/// <summary>A call of the worker API that brought no usable answer. It may be repeated.</summary>
/// <param name="message">What happened, with the request.</param>
/// <param name="code">The problem's code, when the server gave one.</param>
/// <param name="innerException">What the connection threw, if it did.</param>
public sealed class WorkerConnectionException(string message, string? code = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The problem's code, see <see cref="Protocol.ProblemCodes"/>; null when no answer came.</summary>
    public string? Code { get; } = code;
}
