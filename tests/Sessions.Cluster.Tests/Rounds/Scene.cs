using System.Collections.Concurrent;
using Sessions.Core;
using Sessions.Protocol;
using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>What the actors of a round share: the sessions, the runs that were accepted, and what everybody saw.</summary>
internal sealed class Scene(Cluster cluster, History history)
{
    private static readonly TenantId Tenant = new("default");

    private readonly ConcurrentQueue<(SessionKey Session, RunId Run, int Replica)> _runs = new();
    private long _crossAborts;

    public Cluster Cluster => cluster;

    public History History => history;

    /// <summary>Half of them are answered in the servers' processes, half by workers elsewhere.</summary>
    public IReadOnlyList<(SessionKey Key, string Agent)> Sessions { get; } =
        [.. Enumerable.Range(0, 12).Select(n => (new SessionKey(Tenant, new($"s{n}")), n % 2 == 0 ? "echo" : "remote"))];

    /// <summary>Aborts that ended a run through another replica than the one that had accepted it.</summary>
    public long CrossAborts => Interlocked.Read(ref _crossAborts);

    public static string PathOf(SessionKey session, string rest = "") => $"/v1/sessions/{session.Session}{rest}";

    public static SessionKey KeyOf(string session) => new(Tenant, new(session));

    public void Accepted(SessionKey session, RunId run, int replica) => _runs.Enqueue((session, run, replica));

    /// <summary>One of the newest runs.</summary>
    public (SessionKey Session, RunId Run)? AnyRun(Dice dice)
    {
        var runs = _runs.TakeLast(30).ToArray();
        return runs.Length == 0 ? null : (dice.Choose(runs) is var run ? (run.Session, run.Run) : default);
    }

    public void Aborted(SessionKey session, IReadOnlyList<string> runs, int replica)
    {
        history.Add(new Observation.Aborted(session, [.. runs.Select(run => new RunId(run))]));
        foreach (var run in runs)
        {
            SawEnd(session, new RunId(run));
            if (_runs.Any(accepted => accepted.Session == session && accepted.Run.Value == run && accepted.Replica != replica))
                Interlocked.Increment(ref _crossAborts);
        }
    }

    /// <summary>An answer asked for at a moment showed a run.</summary>
    public void Saw(RunResource run, long asked)
    {
        var key = KeyOf(run.SessionId);
        history.Add(new Observation.SawStatus(key, new RunId(run.Id), StatusOf(run.Status), asked));
        if (RunStatuses.IsTerminal(run.Status))
            SawEnd(key, new RunId(run.Id));
    }

    /// <summary>A get or list, asked for at a moment, showed a session.</summary>
    public void Saw(SessionResource session, long asked)
    {
        var runs = session.QueuedRunIds.Concat(session.ActiveRunId is { } active ? [active] : []).Select(run => new RunId(run)).ToArray();
        if (runs.Length > 0)
            history.Add(new Observation.SawActive(KeyOf(session.Id), runs, asked));
        else if (session.HasActiveRun)
            history.Add(new Observation.Faulted($"Session {session.Id} has an active run and names none."));
    }

    public void SawEnd(SessionKey session, RunId run) => history.Add(new Observation.SawEnd(session, run, history.Now()));

    public static RunStatus StatusOf(string status) => status switch
    {
        RunStatuses.Queued => RunStatus.Queued,
        RunStatuses.Running => RunStatus.Running,
        RunStatuses.Completed => RunStatus.Completed,
        RunStatuses.Failed => RunStatus.Failed,
        RunStatuses.Aborted => RunStatus.Aborted,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
