namespace Sessions.Load;

/// <summary>What runs are driven through: the engine in process, the server over HTTP, or the bare reference.</summary>
internal interface ILifecycleTarget
{
    /// <summary>Sends a message.</summary>
    ValueTask SendAsync(RunTicket ticket, CancellationToken cancellationToken);

    /// <summary>Starts ready runs, waiting a while when there is none, and adds them to the list.</summary>
    ValueTask ClaimAsync(int worker, List<RunTicket> claimed, CancellationToken cancellationToken);

    /// <summary>Ends a run as completed.</summary>
    ValueTask CompleteAsync(int worker, RunTicket ticket, CancellationToken cancellationToken);
}
