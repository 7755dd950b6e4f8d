using System.Runtime.CompilerServices;
using Sessions.Core;

namespace Sessions.Engine;

/// <summary>
/// Attach to the live feed first, then read the log from the cursor, then follow live; on a gap or an overflow read the
/// log again. Keeps invariants 30 to 32.
/// </summary>
internal sealed class SessionSubscription(
    ISessionStore store, LogListener listener, SessionKey key, long cursor, RunId? run, bool isOver, EngineInstruments instruments,
    TimeProvider time) : ISessionSubscription
{
    private const int PageSize = 128;

    private long _cursor = cursor;
    private long _looked;
    private bool _synchronized;
    private bool _behind = true;
    private bool _woken;

    public RunId? Run => run;

    public bool IsOver => isOver;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SubscriptionItem?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_behind && await ReadLogAsync(cancellationToken).ConfigureAwait(false) is { } page)
                return page;

            if (!_synchronized)
            {
                _synchronized = true;
                return new SubscriptionItem.Synchronized(_cursor);
            }

            while (listener.TryTake(out var commit))
            {
                if (commit.LastSeq <= _cursor)
                    continue;

                if (commit.FirstSeq > _cursor + 1)
                {
                    // Something in between was dropped or is published late: the log has it, and this commit too.
                    _behind = true;
                    break;
                }

                return Advance(commit);
            }

            // A hint that the log does not bear out is looked into once.
            _behind |= listener.LastSeq > Math.Max(_cursor, _looked);
            if (_behind)
                continue;

            // A hint of what is known already is no wake-up.
            if (Interlocked.Exchange(ref _woken, false))
                return null;

            await listener.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Wake()
    {
        Volatile.Write(ref _woken, true);
        listener.Wake();
    }

    public void Dispose() => listener.Dispose();

    private async ValueTask<SubscriptionItem?> ReadLogAsync(CancellationToken cancellationToken)
    {
        var hinted = listener.LastSeq;
        var records = await store.ReadLogAsync(key, _cursor, PageSize, cancellationToken).ConfigureAwait(false);
        if (records.Count < PageSize)
        {
            // That was all of it when it was read: to look again takes another hint.
            _behind = false;
            _looked = hinted;
        }

        if (records.Count == 0)
            return null;

        if (records[0].Seq != _cursor + 1)
            throw new InvalidOperationException($"The log of session {key} has {records[0].Seq} behind {_cursor}.");

        if (_synchronized)
            instruments.Followed(time.GetUtcNow() - records[^1].At);

        return Advance(new Commit(key, [.. records]));
    }

    private SubscriptionItem.Records Advance(Commit commit)
    {
        if (commit.FirstSeq <= _cursor)
        {
            var known = (int)(_cursor + 1 - commit.FirstSeq);
            commit = new Commit(key, commit.Records[known..]);
        }

        _cursor = commit.LastSeq;
        return commit.Item;
    }
}
