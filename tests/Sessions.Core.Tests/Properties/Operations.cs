using FsCheck;
using FsCheck.Fluent;

namespace Sessions.Core.Tests.Properties;

/// <summary>Random sequences of operations, and how to make a failing one smaller.</summary>
internal static class Operations
{
    public static Arbitrary<Operation[]> Sequences { get; } = Arb.From(
        from length in Gen.Choose(1, 60)
        from operations in Gen.CollectToArray(Enumerable.Repeat(Any(), length))
        select operations,
        Shrink);

    private static Gen<Operation> Any() => Weighted(
        (14, Simple()),
        (3, from first in Weighted((3, Simple()), (1, Gen.Constant<Operation>(new Operation.Expire())))
            from between in Weighted(
                (3, Simple()),
                (1, Gen.Constant<Operation>(new Operation.Heartbeat(Aim.Current))),
                (1, Gen.Constant<Operation>(new Operation.Output(Aim.Current, null, 0))))
            select (Operation)new Operation.Race(first, between)));

    private static Gen<Operation> Simple() => Weighted(
        (12, from key in Often(0, 4)
             from payload in Often(0, 1)
             from run in Often(0, 5)
             from agent in Often(0, 4)
             from busy in Gen.Elements(IfBusy.Enqueue, IfBusy.Enqueue, IfBusy.Reject, IfBusy.Interrupt)
             from attempts in Gen.Choose(1, 3)
             from queued in Gen.Choose(0, 4)
             select (Operation)new Operation.Send(key, payload, run, agent, busy, attempts, queued)),
        (12, from worker in Gen.Choose(1, 3)
             from agents in Gen.Elements(7, 7, 7, 1, 2, 4)
             select (Operation)new Operation.Start(worker, agents)),
        (7, from aim in Aims()
            from batch in Gen.Elements<int?>(null, null, 0, 1, 1, 2, -1)
            from kind in Gen.Choose(0, 4)
            select (Operation)new Operation.Output(aim, batch, kind)),
        (4, from aim in Aims() select (Operation)new Operation.Heartbeat(aim)),
        (5, from aim in Aims() from whole in Gen.Elements(true, false) select (Operation)new Operation.Complete(aim, whole)),
        (6, from aim in Aims()
            from code in Gen.Choose(0, 4)
            from phase in Gen.Elements(FailPhase.Start, FailPhase.Run)
            select (Operation)new Operation.Fail(aim, code, phase)),
        (2, from aim in Aims() select (Operation)new Operation.Return(aim)),
        (2, Gen.Constant<Operation>(new Operation.AbortSession())),
        (3, from run in Gen.Choose(1, 12) select (Operation)new Operation.AbortRun(run)),
        (3, from key in Gen.Choose(1, 5) select (Operation)new Operation.AbortKey(key)),
        (3, Gen.Constant<Operation>(new Operation.Expire())),
        (7, from time in Gen.Elements(-200, 1, 90, 400, 999, 1000, 1001, 2500, 6000)
            from sweep in Gen.Elements(true, false)
            select (Operation)new Operation.Pass(time, sweep)),
        (2, from agent in Gen.Choose(0, 4) from title in Gen.Choose(0, 2) select (Operation)new Operation.Create(agent, title)),
        (1, from title in Gen.Choose(0, 2) select (Operation)new Operation.Update(title)),
        (1, Weighted((4, Gen.Constant<Operation>(new Operation.Reset())), (1, Gen.Constant<Operation>(new Operation.Delete())))));

    private static Gen<Aim> Aims() =>
        Weighted((3, Gen.Constant(Aim.Current)), (2, Gen.Elements(Enum.GetValues<Aim>())));

    /// <summary>Half of the time the least, else any.</summary>
    private static Gen<int> Often(int least, int most) => Weighted((1, Gen.Constant(least)), (1, Gen.Choose(least, most)));

    private static Gen<T> Weighted<T>(params (int Weight, Gen<T> Gen)[] choices) => Gen.Frequency(choices);

    private static IEnumerable<Operation[]> Shrink(Operation[] operations)
    {
        for (var size = operations.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= operations.Length; at += size)
                yield return [.. operations[..at], .. operations[(at + size)..]];
        }

        for (var at = 0; at < operations.Length; at++)
        {
            foreach (var simpler in Simpler(operations[at]))
                yield return [.. operations[..at], simpler, .. operations[(at + 1)..]];
        }
    }

    private static IEnumerable<Operation> Simpler(Operation operation) => operation switch
    {
        Operation.Race race => [race.First, race.Between],
        Operation.Send { IfBusy: not IfBusy.Enqueue } send => [send with { IfBusy = IfBusy.Enqueue }],
        Operation.Send { Run: > 0 } send => [send with { Run = 0 }],
        Operation.Send { Agent: > 0 } send => [send with { Agent = 0 }],
        Operation.Send { Key: > 0 } send => [send with { Key = 0 }],
        Operation.Send { MaxAttempts: > 1 } send => [send with { MaxAttempts = send.MaxAttempts - 1 }],
        Operation.Output { Batch: not null } output => [output with { Batch = null }],
        Operation.Pass { Sweep: true } pass => [pass with { Sweep = false }],
        _ => [],
    };
}
