namespace Sessions.Worker;

/// <summary>Codes that a worker gives to failed runs, besides those of <see cref="Protocol.RunErrorCodes"/>.</summary>
public static class WorkerErrorCodes
{
    /// <summary>A completion's text is over the limit and would have replaced text already streamed.</summary>
    public const string OutputTooLarge = "output_too_large";

    /// <summary>The control plane refused the run's output for a whole lease TTL while it took heartbeats.</summary>
    public const string OutputRejected = "output_rejected";
}
