using Microsoft.Extensions.Logging;

namespace Sessions.Worker;

/// <summary>Listens to signals for as long as the worker lives, and stops the runs that they name.</summary>
internal sealed class SignalListener(
    IWorkerConnection connection, string workerId, ActiveRuns runs, TimeProvider timeProvider, Random jitter, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(FirstPause, LongestPause, timeProvider, jitter);
        while (!cancellationToken.IsCancellationRequested)
        {
            var connectedAt = timeProvider.GetTimestamp();
            Exception? fault = null;
            try
            {
                await foreach (var signal in connection.SignalsAsync(workerId, cancellationToken))
                    runs.Signal(new RunKey(signal.SessionId, signal.RunId, signal.Epoch), signal.Reason);
            }
            catch (Exception exception)
            {
                fault = exception;
            }

            if (cancellationToken.IsCancellationRequested)
                return;

            WorkerLog.SignalsFaulted(logger, workerId, fault);
            if (timeProvider.GetElapsedTime(connectedAt) > LongestPause)
                backoff.Reset();
            await backoff.PauseAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
