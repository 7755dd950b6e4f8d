namespace Sessions.Client;

/// <summary>
/// The server could not be reached, or gave no answer, for as long as <see cref="SessionsClientOptions.RetryFor"/>.
/// Whether it has done what was asked is unknown, except that a send, repeated with its key, runs once.
/// </summary>
public sealed class SessionsUnreachableException : SessionsException
{
    internal SessionsUnreachableException(Uri server, string? sessionId, string? runId, Exception inner)
        : base(ClientCodes.Unreachable, null, $"{server}: {inner.Message}", null, sessionId, runId, inner) => Server = server;

    /// <summary>The server's base address.</summary>
    public Uri Server { get; }
}
