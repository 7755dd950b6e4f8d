namespace Sessions.Load;

/// <summary>The middle of a few rounds' figures: one round that was disturbed does not show.</summary>
internal static class Median
{
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    public static double Of<T>(IEnumerable<T> rounds, Func<T, double> figure) => Of(rounds.Select(figure));
}
