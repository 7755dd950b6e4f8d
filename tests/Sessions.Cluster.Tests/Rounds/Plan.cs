using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>Which faults, in which order.</summary>
internal static class Plan
{
    /// <summary>Every kind once, in an order that the seed gives.</summary>
    public static IReadOnlyList<Fault> Of(int seed)
    {
        var dice = new Dice(seed);
        var left = Enum.GetValues<Fault>().ToList();
        var plan = new List<Fault>();
        while (left.Count > 0)
        {
            plan.Add(dice.Choose(left));
            left.Remove(plan[^1]);
        }

        return plan;
    }
}
