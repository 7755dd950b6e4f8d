using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Cluster.Tests;

/// <summary>
/// Three servers over one PostgreSQL while the worst happens: invariants 1, 2, 4, 8, 10, 11, 13, 17 to 21, 24, 27, 30 to 34,
/// 36, 37. The short form; <c>Program</c> is the long one.
/// </summary>
[Collection(Collection)]
public sealed class ClusterTests(ITestOutputHelper output)
{
    /// <summary>One cluster at a time: each takes the machine for itself.</summary>
    public const string Collection = "Clusters";

    [Fact]
    public async Task Whatever_dies_everybody_sees_the_same_truth()
    {
        var seed = new Dice(output).Seed;
        var result = await new Round(seed, Plan.Of(seed), output.WriteLine).RunAsync();

        output.WriteLine($"{result}");
        result.Holds();
        Assert.Empty(Doctored.Missed(result.History, new Dice(seed), tries: 2));
        var seen = HistoryCounts.Of(result.History);
        Assert.True(
            seen is { Sent: > 0, Deduplicated: > 0, Said: > 0, Late: > 0, Lost: > 0, Aborted: > 0, Looks: > 0 }
            && result is { CrossAborts: > 0, Refusals: > 0, Ended: > 0, LeaseLooks: > 0, Open: > 0 }
            && result.Bounds.Delays.Count > 0,
            $"The history does not show enough to be worth checking: {result}");
    }
}
