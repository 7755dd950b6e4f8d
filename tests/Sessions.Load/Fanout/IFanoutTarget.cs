namespace Sessions.Load;

/// <summary>What events are sent through: the real server's worker API, or the bare reference.</summary>
internal interface IFanoutTarget : IDisposable
{
    /// <summary>Where a session's events are read.</summary>
    string PathOf(int session);

    /// <summary>Makes the sessions, each with a run to write to.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Appends one event that carries the time.</summary>
    ValueTask PublishAsync(int session, CancellationToken cancellationToken);

    /// <summary>Ends the session's run: the last event that its subscribers get.</summary>
    ValueTask FinishAsync(int session, CancellationToken cancellationToken);
}
