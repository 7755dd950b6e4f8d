using Sessions.Core;
using Sessions.Engine;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

/// <summary>Passes what comes by the streams on to the engine's feed.</summary>
/// <param name="replica">Who this is: its own news are none.</param>
internal sealed class StreamHearing(Guid replica)
{
    private Action<Wakeup> _heard = static _ => { };
    private Action<Commit> _heardCommit = static _ => { };
    private Action<WorkerNews> _heardOfWorkers = static _ => { };

    public IDisposable Listen(Action<Wakeup> heard)
    {
        _heard = heard;
        return new Leaving(() => _heard = static _ => { });
    }

    public IDisposable Listen(Action<Commit> heard)
    {
        _heardCommit = heard;
        return new Leaving(() => _heardCommit = static _ => { });
    }

    public IDisposable Listen(Action<WorkerNews> heard)
    {
        _heardOfWorkers = heard;
        return new Leaving(() => _heardOfWorkers = static _ => { });
    }

    public Task HearAsync(SessionEvents events)
    {
        _heardCommit(new Commit(events.Key, events.Records));
        return Task.CompletedTask;
    }

    public Task HearAsync(TenantId tenant, SessionsChanged changed)
    {
        foreach (var item in changed.Items)
            _heard(new Wakeup(new SessionKey(tenant, item.Session), item.LastSeq, true, null, []));

        return Task.CompletedTask;
    }

    public Task HearAsync(ReplicaNews news)
    {
        if (news.Sender == replica)
            return Task.CompletedTask;

        // Who is to stop first: a lost worker's waiting claims are not to get what is ready.
        foreach (var hint in news.Hints)
            _heard(hint.Read());

        foreach (var wakeup in news.Ready.SelectMany(ready => ready.Read()))
            _heard(wakeup);

        if (news.Asks || news.Present.Length > 0)
        {
            _heardOfWorkers(new WorkerNews(
                [.. news.Present.Select(worker => new WorkerPresence(worker.Tenant, worker.Worker, worker.Agent))], news.Asks));
        }

        return Task.CompletedTask;
    }

    /// <summary>The session's log is known to reach this far.</summary>
    public void Reached(SessionKey key, long lastSeq) => _heard(new Wakeup(key, lastSeq, false, null, []));

    private sealed class Leaving(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
