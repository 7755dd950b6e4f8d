using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Searching;

/// <summary>
/// What the search plays: a send, its duplicate under another run id, another send behind them, an abort; two workers
/// that claim, stream, beat, report, crash and come back as zombies; sweepers on both replicas; replicas that crash between
/// load and commit and between commit and publish. A lease holds for two ticks, a run may execute for three and wait for four.
/// </summary>
internal sealed record Scenario
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LeaseTtl = 2 * Tick;

    public static readonly RunId[] RunIds = [new("r1"), new("r2"), new("r3")];

    private static readonly RunError Exited = new(RunErrorCode.WorkerExited, "exit 1");

    public static IReadOnlyList<Request> Requests { get; } =
    [
        new("send k as r1", 0, 0, _ => Send(RunIds[0], "k")),
        new("send k again as r2", 1, 0, _ => Send(RunIds[1], "k")),
        new("send r3", 2, 0, _ => Send(RunIds[2], null)),
        new("abort the session", 3, 0, _ => new AbortRuns(null, null, AbortReason.User, Samples.Agents)),
        new("abort k", 4, 0, _ => new AbortRuns(null, "k", AbortReason.User, Samples.Agents)),
        new("sweep", 8, 0, _ => new ExpireDue()),
        new("claim by w1", 9, 1, held => held is null ? new StartRun(new("w1"), Samples.Agents.Names, LeaseTtl) : null),
        new("claim by w2", 10, 2, held => held is null ? new StartRun(new("w2"), Samples.Agents.Names, LeaseTtl) : null),
        new("complete by w1", 11, 1, Complete),
        new("complete by w2", 12, 2, Complete),
        new("exit of w1", 13, 1, Fail),
        new("exit of w2", 14, 2, Fail),
    ];

    public required string Name { get; init; }

    public required Budget Budget { get; init; }

    /// <summary>Where to stop; by default nowhere, every budget being finite.</summary>
    public int Depth { get; init; } = int.MaxValue;

    public Fault Faults { get; init; }

    /// <summary>With a fault: the invariant to look for, past others that it breaks too; null to stop at the first.</summary>
    public int? LookFor { get; init; }

    public World Beginning => new() { Store = ModelStore.Empty(Faults), Budget = Budget };

    public static DateTimeOffset At(int clock) => Samples.Beginning + clock * Tick;

    /// <summary>How many ticks are left, none when it is past.</summary>
    public static int TicksUntil(DateTimeOffset due, DateTimeOffset now) =>
        due <= now ? 0 : (int)((due - now).Ticks / Tick.Ticks);

    public static int Number(RunId? id) => id is { } run ? Array.IndexOf(RunIds, run) + 1 : 0;

    private static CompleteRun? Complete(Claim? held) => held is null ? null : new(held.Run, held.Epoch, null, null);

    private static FailRun? Fail(Claim? held) => held is null ? null : new(held.Run, held.Epoch, Exited, FailPhase.Run);

    private static SendMessage Send(RunId run, string? key) => Samples.Send(run.Value, key) with
    {
        Timeout = 3 * Tick,
        QueueTimeout = 4 * Tick,
        MaxAttempts = 2,
    };
}
