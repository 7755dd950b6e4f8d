using Microsoft.Extensions.Logging;

namespace Sessions.Worker;

/// <summary>
/// Keeps the leases of runs whose heartbeats are late, on threads of its own (invariants 24, 26): the usual ones need the
/// thread pool, and an agent may block all of it.
/// </summary>
/// <remarks>
/// One thread watches and does not wait for a server. The heartbeats themselves go out from up to
/// <see cref="MaxBeating"/> others, which come and go: a server that takes a heartbeat and does not answer holds up that
/// many runs and no more, and is left for another one when the first of them has waited long enough. The watching thread
/// waits by the machine's clock, since timers fire on the pool; what is late the injected clock says.
/// </remarks>
internal sealed class HeartbeatGuard(ActiveRuns runs, IBlockingHeartbeats heartbeats, ILogger logger) : IDisposable
{
    internal const int MaxBeating = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    private readonly ManualResetEventSlim _stopped = new();
    private readonly Lock _lock = new();
    private readonly Queue<RunExecution> _waiting = new();
    private readonly HashSet<RunExecution> _taken = [];
    private int _beating;

    public void Start() => Run(Watch);

    public void Dispose() => _stopped.Set();

    private static void Run(ThreadStart work) =>
        new Thread(work) { IsBackground = true, Name = "Sessions heartbeats", Priority = ThreadPriority.AboveNormal }.Start();

    private void Watch()
    {
        while (!_stopped.Wait(Interval))
        {
            foreach (var run in runs.Snapshot())
            {
                if (run.IsHeartbeatLate && Take(run))
                    BeginToBeat();
            }
        }
    }

    private void BeginToBeat()
    {
        try
        {
            Run(BeatAll);
        }
        catch (OutOfMemoryException)
        {
            // The machine gives no more threads: then this one does it.
            BeatAll();
        }
    }

    /// <summary>Has the run beaten for, once at a time.</summary>
    /// <returns>True when that takes one more thread.</returns>
    private bool Take(RunExecution run)
    {
        lock (_lock)
        {
            if (!_taken.Add(run))
                return false;

            _waiting.Enqueue(run);
            if (_beating == MaxBeating)
                return false;

            _beating++;
            return true;
        }
    }

    private void BeatAll()
    {
        for (RunExecution? run = null; (run = Next(run)) is not null;)
        {
            // What it was late for may have come while it waited.
            if (_stopped.IsSet || !run.IsHeartbeatLate)
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

    /// <summary>Lets go of one and takes the next one that waits; null, and one thread less, when there is none.</summary>
    private RunExecution? Next(RunExecution? done)
    {
        lock (_lock)
        {
            if (done is not null)
                _taken.Remove(done);
            if (_waiting.TryDequeue(out var next))
                return next;

            _beating--;
            return null;
        }
    }
}
