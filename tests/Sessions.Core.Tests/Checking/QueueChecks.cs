namespace Sessions.Core.Tests.Checking;

/// <summary>The order of runs, and how many may wait.</summary>
internal static class QueueChecks
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new(21, "Accepted runs wait in order, a requeued one first, and none is dropped", InOrder),
        new(9, "The head of the queue can start in the session's binding", HeadCanStart),
        new(23, "A full queue refuses the new send, a queue with room does not", Bounded),
    ];

    private static string? InOrder(Step step)
    {
        var queue = step.After.State.Queue;
        var waiting = step.After.Audit.Waiting;
        var same = queue.Length == waiting.Length;
        for (var at = 0; same && at < queue.Length; at++)
            same = queue[at].Id == waiting[at];

        return same
            ? null
            : $"[{string.Join(", ", queue.Select(run => run.Id))}] waits, by the log [{string.Join(", ", waiting)}]";
    }

    private static string? HeadCanStart(Step step) =>
        step.After.State is { Ready: { } head, Binding.Agent: { } bound } && head.Agent != bound
            ? $"run {head.Id} for {head.Agent} waits in a session bound to {bound}"
            : null;

    private static string? Bounded(Step step)
    {
        if (step.Command is not SendMessage send)
            return null;

        var interrupts = send.IfBusy == IfBusy.Interrupt;
        var room = Waiting(step.Before.State, interrupts) < send.MaxQueued;
        if (step.Refused == RefusalCode.QueueFull)
            return room ? $"refused with {step.Before.State.Queue.Length} in the queue and room for {send.MaxQueued}" : null;

        var added = step.Accepted is not null && step.After.State.Find(send.RunId) is not null;
        return added && !room
            ? $"accepted with {step.Before.State.Queue.Length} in the queue and room for {send.MaxQueued}"
            : null;
    }

    /// <summary>The runs that would wait behind the one that runs or is about to.</summary>
    private static int Waiting(SessionState state, bool interrupts) =>
        state.Active is null || interrupts ? state.Queue.Length - 1 : state.Queue.Length;
}
