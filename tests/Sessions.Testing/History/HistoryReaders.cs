using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Testing;

/// <summary>A subscriber of each session and a watcher on each replica; they read from the start to the end.</summary>
internal sealed class HistoryReaders : IDisposable
{
    private readonly CancellationTokenSource _giveUp = new();
    private readonly CancellationTokenSource _finishing = new();
    private readonly History _history;
    private readonly List<IDisposable> _open = [];
    private readonly List<(Action Wake, Task Reading)> _readers = [];

    public HistoryReaders(EngineCluster cluster, History history, TenantId tenant, IReadOnlyList<SessionKey> sessions, Dice dice)
    {
        _history = history;
        foreach (var (replica, name) in cluster.Replicas.Select((replica, n) => (replica, $"on {n}")))
        {
            var watch = replica.Sessions.Watch(tenant, WatchSnapshot.All);
            _open.Add(watch);
            _readers.Add((watch.Wake, Task.Run(() => WatchAsync(watch, name))));
            foreach (var key in sessions)
                _readers.Add((() => { }, Task.Run(() => SubscribeAsync(replica.Sessions, key, name, dice))));
        }
    }

    /// <summary>Lets all read what there is. To be called when nothing is written any more and all hints are made up for.</summary>
    public async Task FinishAsync()
    {
        await _finishing.CancelAsync();
        foreach (var (wake, _) in _readers)
            wake();

        _giveUp.CancelAfter(Eventually.Deadline);
        await Task.WhenAll(_readers.Select(reader => reader.Reading));
    }

    public void Dispose()
    {
        foreach (var open in _open)
            open.Dispose();

        _giveUp.Dispose();
        _finishing.Dispose();
    }

    /// <summary>Reads, and now and then lets go and resumes from where it was.</summary>
    private async Task SubscribeAsync(ISessions sessions, SessionKey key, string name, Dice dice)
    {
        var records = new List<LogRecord>();
        try
        {
            while (!IsAtEnd(key, records))
            {
                var cursor = records.Count == 0 ? 0 : records[^1].Seq;
                var result = await sessions.SubscribeAsync(key, cursor, null, _giveUp.Token);
                using var subscription = result.Value ?? throw new InvalidOperationException($"{result.Refusal}");
                using var woken = _finishing.Token.Register(subscription.Wake);
                for (var reads = dice.Below(200) + 2; reads > 0 && !IsAtEnd(key, records); reads--)
                    Take(key, await subscription.ReadAsync(_giveUp.Token), records);
            }
        }
        catch (OperationCanceledException)
        {
            // The checker says what is missing.
        }
        catch (Exception fault)
        {
            _history.Add(new Observation.Faulted($"Subscriber {name} of {key}: {fault}"));
        }

        _history.Add(new Subscribed(name, key, records.Count == 0 ? 0 : records[0].Seq - 1, [.. records.Select(Delivered.Of)]));
    }

    private void Take(SessionKey key, SubscriptionItem? item, List<LogRecord> records)
    {
        if (item is not SubscriptionItem.Records { Commit: var commit })
            return;

        records.AddRange(commit.Records);
        foreach (var ended in commit.Records.Select(record => record.Event).OfType<RunEnded>())
            _history.Add(new Observation.SawEnd(key, ended.RunId, _history.Now()));
    }

    private bool IsAtEnd(SessionKey key, List<LogRecord> records) =>
        _finishing.IsCancellationRequested
        && _history.Finals.FirstOrDefault(final => final.Key == key) is { } final
        && records.Count > 0 && records[^1].Seq >= final.State.LastSeq;

    private async Task WatchAsync(IWatch watch, string name)
    {
        var given = new List<SessionSnapshot>();
        try
        {
            // A null that was read after finishing began means that there is nothing new.
            while (true)
            {
                var finishing = _finishing.IsCancellationRequested;
                var item = await watch.ReadAsync(_giveUp.Token);
                if (item is WatchItem.Sessions { Items: var sessions })
                    given.AddRange(sessions);
                else if (item is null && finishing)
                    break;

                // A wake-up is spent on whatever the read returned with.
                if (_finishing.IsCancellationRequested)
                    watch.Wake();
            }
        }
        catch (Exception fault)
        {
            _history.Add(new Observation.Faulted($"Watcher {name}: {fault}"));
        }

        _history.Add(new Watched(name, [.. given.Select(WatchedVersion.Of)]));
    }
}
