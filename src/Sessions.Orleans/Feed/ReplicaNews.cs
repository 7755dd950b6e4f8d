using System.Collections.Immutable;
using Sessions.Core;
using Sessions.Engine;

namespace Sessions.Orleans;

/// <summary>What gateways tell each other: runs that are ready, workers to stop, workers that are connected.</summary>
/// <param name="Sender">Who sent it; it does not need to hear it.</param>
/// <param name="Hints">What was committed.</param>
/// <param name="Present">Workers that are connected to the sender.</param>
/// <param name="Asks">True when whoever hears it is to tell of its own workers.</param>
[GenerateSerializer, Immutable, Alias("sessions.news")]
internal sealed record ReplicaNews(
    Guid Sender, ImmutableArray<ReplicaHint> Hints, ImmutableArray<PresentWorker> Present, bool Asks);

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
