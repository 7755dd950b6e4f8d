namespace Sessions.Testing;

/// <summary>A broken invariant.</summary>
/// <param name="Invariant">Its number in <c>invariants.md</c>.</param>
/// <param name="What">How it was broken, with the ids.</param>
public sealed record Violation(int Invariant, string What)
{
    public override string ToString() => $"Invariant {Invariant}: {What}";
}

/// <summary>
/// Checks a history against invariants 1, 2, 4, 8, 10 to 13, 17 to 21, 24, 27, 30, 31, 33, 34, 36 and 37. It knows no store and no
/// engine: only what was seen from outside, and the logs that were left. The bound of invariant 2 is checked where somebody
/// says what it is: <see cref="Bounds"/>.
/// </summary>
public static class HistoryChecker
{
    public static IReadOnlyList<Violation> Check(History history) =>
    [
        .. history.Finals.SelectMany(LogChecks.Check),
        .. history.Finals.SelectMany(final => AnswerChecks.Check(final, history.Observations)),
        .. DeliveryChecks.Check(history),
        .. history.Observations.OfType<Observation.SawDeadLease>().Select(dead => new Violation(
            27, $"{dead.Session} claimed to run {dead.Run} {dead.Overdue.TotalSeconds:0.0} s after its lease was over.")),
        .. history.Observations.OfType<Observation.SawForgottenRun>().Select(forgotten => new Violation(
            24, $"Run {forgotten.Run} of {forgotten.Session} could start and was left to wait for {forgotten.Waiting.TotalSeconds:0.0} s.")),
        .. history.Observations.OfType<Observation.Faulted>().Select(fault => new Violation(20, fault.What)),
    ];

    /// <summary>Fails with every violation.</summary>
    public static void Holds(History history)
    {
        var violations = Check(history);
        Assert.True(violations.Count == 0, string.Join(Environment.NewLine, violations.Take(20)));
    }
}
