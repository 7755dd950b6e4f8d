using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Checking;

/// <summary>Says what is wrong with a step; null when nothing is.</summary>
internal delegate string? Judge(Step step);

/// <summary>A statement about every step of every session.</summary>
internal sealed record Rule(int Invariant, string Statement, Judge Judge)
{
    /// <summary>What the steps of a search must keep: what any write may change, and what a race may break.</summary>
    public static IReadOnlyList<Rule> OfEveryWrite { get; } =
    [
        .. LogChecks.All,
        .. TerminalChecks.All,
        .. LeaseChecks.All,
        .. QueueChecks.All,
        .. AbortChecks.All,
        .. AdmissionChecks.All,
    ];

    public static IReadOnlyList<Rule> All { get; } =
        [.. OfEveryWrite, .. FailureChecks.All, .. SessionChecks.All, .. DueChecks.All];

    /// <summary>What a step breaks, by the rules and by the audit of the log.</summary>
    public static IReadOnlyList<Finding> Broken(Step step, IReadOnlyList<Rule> rules)
    {
        List<Finding>? broken = null;
        var known = step.Before.Audit.Findings.Length;
        if (step.After.Audit.Findings.Length > known)
            (broken ??= []).AddRange(step.After.Audit.Findings[known..]);

        foreach (var rule in rules)
        {
            if (rule.Judge(step) is { } what)
                (broken ??= []).Add(new(rule.Invariant, $"{rule.Statement}: {what}"));
        }

        return broken ?? (IReadOnlyList<Finding>)[];
    }
}
