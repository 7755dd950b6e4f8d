using Microsoft.Extensions.Logging;

namespace Sessions.Worker;

/// <summary>
/// Keeps the leases of runs whose heartbeats are late, from a thread of its own (invariants 24, 26): the usual ones need the
/// thread pool, and an agent may block all of it.
/// </summary>
/// <remarks>The thread waits by the machine's clock, since timers fire on the pool; what is late the injected clock says.</remarks>
internal sealed class HeartbeatGuard(ActiveRuns runs, IBlockingHeartbeats heartbeats, ILogger logger) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    private readonly ManualResetEventSlim _stopped = new();

    public void Start() => new Thread(Watch) { IsBackground = true, Name = "Sessions heartbeats", Priority = ThreadPriority.AboveNormal }.Start();

    public void Dispose() => _stopped.Set();

    private void Watch()
    {
        while (!_stopped.Wait(Interval))
        {
            foreach (var run in runs.Snapshot())
            {
                if (!run.IsHeartbeatLate || _stopped.IsSet)
                    continue;

                try
                {
                    run.Beat(heartbeats);
                }
                catch (Exception exception)
                {
                    WorkerLog.ReportFaulted(logger, run.Key.SessionId, run.Key.RunId, run.Key.Epoch, "late heartbeat", exception);
                }
            }
        }
    }
}
