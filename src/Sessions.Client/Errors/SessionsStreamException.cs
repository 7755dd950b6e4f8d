namespace Sessions.Client;

/// <summary>
/// A stream that answers but breaks again and again, or leaves out events, without progress for as long as
/// <see cref="SessionsClientOptions.RetryFor"/>.
/// </summary>
public sealed class SessionsStreamException : SessionsException
{
    internal SessionsStreamException(string detail, long? lastSeq, string? sessionId, string? runId, Exception? inner)
        : base(ClientCodes.StreamInterrupted, null, detail, null, sessionId, runId, inner) => LastSeq = lastSeq;

    /// <summary>The seq of the last event that was delivered, a cursor to go on from; null for a watch.</summary>
    public long? LastSeq { get; }
}
