using Microsoft.Extensions.Logging;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Ends what is due: expired leases, execution and queue deadlines. Every replica sweeps and none is special; two that
/// find the same run race for the fence. Keeps invariants 2, 24 and 27.
/// </summary>
internal sealed class LeaseSweeper(ISessionStore store, ISessionOwner owner, ILogger logger)
{
    private const int BatchSize = 256;

    public async ValueTask RunOnceAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var due = await store.FindDueAsync(BatchSize, cancellationToken).ConfigureAwait(false);

            // All at once: when a host with many workers dies, the bound of invariant 2 is one commit, not one for each run.
            await Task.WhenAll(due.Select(key => EndDueAsync(key, cancellationToken))).ConfigureAwait(false);
            if (due.Count < BatchSize)
                return;
        }
    }

    private async Task EndDueAsync(SessionKey key, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await owner.AskAsync(key, new ExpireDue(), cancellationToken).ConfigureAwait(false);
            if (answer.Outcome is DueOutcome { Ended: > 0 and var ended })
                logger.DueEnded(ended, key.Session.Value);
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not StoreUnavailableException)
        {
            // One session must not keep the others from being swept.
            logger.DueFailed(exception, key.Session.Value);
        }
    }
}
