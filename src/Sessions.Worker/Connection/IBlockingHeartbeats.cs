using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// A connection that can also send a heartbeat without the thread pool: for a thread of its own, which an agent that blocks
/// every thread of the pool can't starve.
/// </summary>
internal interface IBlockingHeartbeats
{
    /// <summary>Extends the lease; waits on the calling thread.</summary>
    ReportResult Heartbeat(string sessionId, string runId, HeartbeatRequest request, TimeSpan timeout);
}
