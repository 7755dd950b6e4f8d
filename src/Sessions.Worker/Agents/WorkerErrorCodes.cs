namespace Sessions.Worker;

/// <summary>Codes that a worker gives to failed runs, besides those of <see cref="Protocol.RunErrorCodes"/>.</summary>
public static class WorkerErrorCodes
{
    /// <summary>
    /// A completion's text is over the limit and would have replaced text already streamed; or a child process wrote a line
    /// or an item over the limit.
    /// </summary>
    public const string OutputTooLarge = "output_too_large";

    /// <summary>A child process wrote a line that is not what it may write.</summary>
    public const string OutputInvalid = "output_invalid";

    /// <summary>The control plane refused the run's output for a whole lease TTL while it took heartbeats.</summary>
    public const string OutputRejected = "output_rejected";
}
