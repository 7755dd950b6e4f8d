using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>Reads a subscription and checks invariant 30 on the way: every record, in order, once.</summary>
public sealed class SubscriptionReader(ISessionSubscription subscription, long? cursor = null) : IDisposable
{
    private readonly List<LogRecord> _records = [];
    private readonly List<int> _pieces = [];
    private long? _cursor = cursor;

    /// <summary>All that was read.</summary>
    public IReadOnlyList<LogRecord> Records => _records;

    public IEnumerable<string> Events => _records.Select(record => record.Event.GetType().Name);

    /// <summary>Where the backlog ended; null until it did.</summary>
    public long? SynchronizedAt { get; private set; }

    /// <summary>How many records each piece had.</summary>
    public IReadOnlyList<int> Pieces => _pieces;

    public async Task<LogRecord> UntilAsync(Func<SessionEvent, bool> last)
    {
        var read = 0;
        while (true)
        {
            for (; read < _records.Count; read++)
            {
                if (last(_records[read].Event))
                    return _records[read];
            }

            await ReadAsync("the event waited for");
        }
    }

    public Task<LogRecord> UntilAsync<TEvent>()
        where TEvent : SessionEvent => UntilAsync(happened => happened is TEvent);

    public async Task UntilSeqAsync(long seq)
    {
        while (_cursor is not { } at || at < seq)
            await ReadAsync($"seq {seq}");
    }

    public async Task UntilSynchronizedAsync()
    {
        while (SynchronizedAt is null)
            await ReadAsync("the end of the backlog");
    }

    /// <summary>Reads what is there, until a wake-up says that nothing is new.</summary>
    public async Task UntilQuietAsync()
    {
        // A wake-up is spent on whatever a read returns with, also on something new.
        do
        {
            subscription.Wake();
        }
        while (await ReadAsync("nothing"));
    }

    public void Dispose() => subscription.Dispose();

    private async Task<bool> ReadAsync(string what)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            var item = await subscription.ReadAsync(deadline.Token);
            Take(item);
            return item is not null;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"A subscriber did not get {what}. It got:{Environment.NewLine}{Text.Lines(_records)}");
        }
    }

    private void Take(SubscriptionItem? item)
    {
        switch (item)
        {
            case SubscriptionItem.Synchronized synchronized:
                Assert.Null(SynchronizedAt);
                SynchronizedAt = synchronized.LastSeq;
                Assert.Equal(_cursor ?? synchronized.LastSeq, synchronized.LastSeq);
                _cursor = synchronized.LastSeq;
                break;
            case SubscriptionItem.Records { Commit: var commit }:
                Assert.NotEmpty(commit.Records);
                _pieces.Add(commit.Records.Length);
                foreach (var record in commit.Records)
                {
                    Assert.True(
                        _cursor is not { } at || record.Seq == at + 1,
                        $"A subscriber got {record.Seq} behind {_cursor}. It had got:{Environment.NewLine}{Text.Lines(_records)}");
                    _cursor = record.Seq;
                    _records.Add(record);
                }

                break;
        }
    }
}
