using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Searching;

/// <summary>Everything at one moment: the store, two replicas, two workers, the clock, and what may still go wrong.</summary>
internal sealed record World
{
    public required ModelStore Store { get; init; }

    public Replica A { get; init; } = Replica.Idle;

    public Replica B { get; init; } = Replica.Idle;

    /// <summary>What each worker believes to hold. Nobody tells it that it lost it.</summary>
    public Claim? Worker1 { get; init; }

    public Claim? Worker2 { get; init; }

    /// <summary>In ticks from the beginning.</summary>
    public int Clock { get; init; }

    public required Budget Budget { get; init; }

    /// <summary>The runs whose terminal event some subscriber has seen.</summary>
    public int Seen { get; init; }

    public DateTimeOffset Now => Scenario.At(Clock);

    public Replica this[int replica] => replica == 0 ? A : B;

    public Claim? Held(int worker) => worker == 1 ? Worker1 : Worker2;

    public World With(int replica, Replica next) => replica == 0 ? this with { A = next } : this with { B = next };

    public World Holding(int worker, Claim? claim) => worker == 1 ? this with { Worker1 = claim } : this with { Worker2 = claim };
}

/// <summary>A worker's claim on a run.</summary>
internal sealed record Claim(RunId Run, long Epoch);

/// <summary>What a replica is at: nothing, between load and commit, or between commit and publish.</summary>
internal sealed record Replica(Request? Request, Loaded? Loaded, Decision.Accepted? Decision, int Ended, Claim? Reply)
{
    public static Replica Idle { get; } = new(null, null, null, 0, null);

    public bool IsIdle => Request is null;

    public static Replica Deciding(Request request, Loaded loaded, Decision.Accepted decision) =>
        new(request, loaded, decision, 0, null);

    public static Replica Publishing(Request request, int ended, Claim? reply) => new(request, null, null, ended, reply);
}

/// <summary>How often each thing may still happen.</summary>
internal sealed record Budget(int Requests, int Ticks, int ReplicaCrashes, int WorkerCrashes, int Outputs, int Heartbeats);
