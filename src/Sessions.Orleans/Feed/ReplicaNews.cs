using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Orleans;

/// <summary>What gateways tell each other: runs that are ready, workers to stop, workers that are connected.</summary>
/// <param name="Sender">Who sent it; it does not need to hear it.</param>
/// <param name="Hints">What was committed.</param>
/// <param name="Ready">Runs that are ready.</param>
/// <param name="Present">Workers that are connected to the sender.</param>
/// <param name="Asks">True when whoever hears it is to tell of its own workers.</param>
[GenerateSerializer, Immutable, Alias("sessions.news")]
internal sealed record ReplicaNews(
    Guid Sender, ImmutableArray<ReplicaHint> Hints, ImmutableArray<ReadyRuns> Ready, ImmutableArray<PresentWorker> Present, bool Asks);

/// <summary>Runs that are ready, as they travel.</summary>
/// <param name="Key">The session of the last one.</param>
/// <param name="Agent">The agent of all of them; they are of one tenant.</param>
/// <param name="Count">How many.</param>
[GenerateSerializer, Immutable, Alias("sessions.news.ready")]
internal readonly record struct ReadyRuns(SessionKey Key, AgentName Agent, int Count)
{
    /// <summary>A hint for each, so that as many claims are woken.</summary>
    public IEnumerable<Wakeup> Read()
    {
        var wakeup = new Wakeup(Key, 0, false, Agent, []);
        return Enumerable.Repeat(wakeup, Count);
    }
}

/// <summary>A hint as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.news.hint")]
internal readonly record struct ReplicaHint(
    SessionKey Key, long LastSeq, bool Decided, AgentName? Ready, ImmutableArray<StoppedRun> Signals)
{
    public static ReplicaHint Of(Wakeup wakeup) => new(
        wakeup.Key, wakeup.LastSeq, wakeup.Decided, wakeup.Ready,
        [.. wakeup.Signals.Select(signal => new StoppedRun(signal.Worker, signal.Run, signal.Epoch, signal.Reason))]);

    public Wakeup Read()
    {
        var key = Key;
        return new(
            Key, LastSeq, Decided, Ready,
            [.. Signals.Select(signal => new WorkerSignal(key, signal.Worker, signal.Run, signal.Epoch, signal.Reason))]);
    }
}

/// <summary>A worker's signal as it travels, with the session that its hint names.</summary>
[GenerateSerializer, Immutable, Alias("sessions.news.signal")]
internal readonly record struct StoppedRun(WorkerId Worker, RunId Run, long Epoch, string Reason);

/// <summary>A connected worker as it travels.</summary>
[GenerateSerializer, Immutable, Alias("sessions.news.worker")]
internal readonly record struct PresentWorker(TenantId Tenant, WorkerId Worker, AgentName Agent);
