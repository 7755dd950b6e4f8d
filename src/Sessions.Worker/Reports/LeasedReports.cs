using Microsoft.Extensions.Logging;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// Reports under one lease: names the epoch, repeats what a fault may have lost, and extends the lease clock.
/// Keeps invariants 4 and 7 on the worker's side: after <see cref="ReportOutcome.Lost"/> there is nothing to say.
/// </summary>
internal sealed class LeasedReports(
    IWorkerConnection connection, RunKey key, LeaseClock lease, TimeProvider timeProvider, Random jitter, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many TTLs of silence a report may take while heartbeats get through: a worker whose threads are all blocked looks
    /// the same as a server that does not answer.
    /// </summary>
    private const int SilentTtls = 8;

    private long _batch;

    /// <summary>Sends a batch; called for one batch after the other.</summary>
    public Task<ReportOutcome> OutputAsync(IReadOnlyList<OutputItem> items, CancellationToken cancellationToken)
    {
        var request = new OutputRequest { Epoch = key.Epoch, Items = items, Batch = ++_batch };
        return RepeatAsync(
            "output", token => connection.OutputAsync(key.SessionId, key.RunId, request, token), cancellationToken);
    }

    public Task<ReportOutcome> HeartbeatAsync(CancellationToken cancellationToken)
    {
        var request = new HeartbeatRequest { Epoch = key.Epoch };
        return RepeatAsync(
            "heartbeat", token => connection.HeartbeatAsync(key.SessionId, key.RunId, request, token), cancellationToken);
    }

    public Task<ReportOutcome> EndAsync(RunEnding ending, CancellationToken cancellationToken) => ending switch
    {
        RunEnding.Completed completed => RepeatAsync(
            "complete",
            token => connection.CompleteAsync(
                key.SessionId, key.RunId,
                new CompleteRequest { Epoch = key.Epoch, Text = completed.Text, Usage = completed.Usage }, token),
            cancellationToken),
        RunEnding.Failed failed => RepeatAsync(
            "fail",
            token => connection.FailAsync(
                key.SessionId, key.RunId,
                new FailRequest { Epoch = key.Epoch, Code = failed.Code, Message = failed.Message, Phase = failed.Phase }, token),
            cancellationToken),
        _ => throw new ArgumentException($"A run does not end with {ending}.", nameof(ending)),
    };

    /// <summary>One heartbeat on the calling thread.</summary>
    /// <returns>False when the lease is gone.</returns>
    public bool Beat(IBlockingHeartbeats heartbeats)
    {
        var sentAt = timeProvider.GetTimestamp();
        var request = new HeartbeatRequest { Epoch = key.Epoch };
        if (heartbeats.Heartbeat(key.SessionId, key.RunId, request, lease.Ttl / 6) is ReportResult.LeaseLost lost)
        {
            WorkerLog.LeaseLost(logger, key.SessionId, key.RunId, key.Epoch, "late heartbeat", lost.RunStatus);
            return false;
        }

        lease.Extend(sentAt);
        return true;
    }

    /// <remarks>
    /// Gives up when the lease can't be alive any more, and also after a whole TTL of faults (longer where nothing answers): a
    /// report that fails while heartbeats get through would otherwise be repeated for ever.
    /// </remarks>
    private async Task<ReportOutcome> RepeatAsync(
        string report, Func<CancellationToken, Task<ReportResult>> call, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(FirstPause, LongestPause, timeProvider, jitter);
        var firstTry = timeProvider.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var sentAt = timeProvider.GetTimestamp();
            try
            {
                switch (await AttemptAsync(call, cancellationToken))
                {
                    case ReportResult.Accepted:
                        lease.Extend(sentAt);
                        return ReportOutcome.Accepted;
                    case ReportResult.LeaseLost lost:
                        WorkerLog.LeaseLost(logger, key.SessionId, key.RunId, key.Epoch, report, lost.RunStatus);
                        return ReportOutcome.Lost;
                    default:
                        throw new InvalidOperationException("The connection gave no result.");
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                WorkerInstruments.ReportFaulted(report);
                var patience = exception is TimeoutException ? SilentTtls * lease.Ttl : lease.Ttl;
                if (!lease.MayBeAlive || timeProvider.GetElapsedTime(firstTry) >= patience)
                {
                    WorkerLog.ReportGivenUp(logger, key.SessionId, key.RunId, key.Epoch, report, exception);
                    return ReportOutcome.GivenUp;
                }

                WorkerLog.ReportFaulted(logger, key.SessionId, key.RunId, key.Epoch, report, exception);
            }

            await backoff.PauseAsync(cancellationToken);
        }
    }

    /// <summary>One try. It ends within a third of the TTL, even when the connection does not heed its token.</summary>
    private async Task<ReportResult> AttemptAsync(
        Func<CancellationToken, Task<ReportResult>> call, CancellationToken cancellationToken)
    {
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await call(attempt.Token).WaitAsync(lease.HeartbeatInterval, timeProvider, cancellationToken);
        }
        catch
        {
            await attempt.CancelAsync();
            throw;
        }
    }
}

/// <summary>What came of a report and its repetitions.</summary>
internal enum ReportOutcome
{
    /// <summary>It counts.</summary>
    Accepted,

    /// <summary>The lease is gone.</summary>
    Lost,

    /// <summary>It did not get through while it could have counted.</summary>
    GivenUp,
}
