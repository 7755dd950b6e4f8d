using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Cluster.Tests;

/// <summary>
/// The suite is worth nothing unless it finds what is wrong: the same servers and clients, over a database from which one rule
/// was taken. Nothing dies in these rounds.
/// </summary>
[Collection(ClusterTests.Collection)]
public sealed class SwitchedOffTests(ITestOutputHelper output)
{
    [Fact]
    public Task Without_the_epochs_fence_late_output_is_found() => FindsAsync(Sabotage.EpochFenceAsync, 13, 19, 20);

    [Fact]
    public Task Without_the_versions_fence_decisions_on_old_states_are_found() => FindsAsync(Sabotage.VersionFenceAsync, 2, 19, 21, 37);

    [Fact]
    public Task Without_the_keys_a_second_run_is_found() => FindsAsync(Sabotage.KeysAsync, 17);

    private async Task FindsAsync(Func<string, Task> sabotage, params int[] anyOf)
    {
        var result = await new Round(new Dice(output).Seed, [], output.WriteLine)
        {
            Undisturbed = TimeSpan.FromSeconds(12),
            DrainTime = TimeSpan.FromSeconds(8),
            SettleTime = TimeSpan.FromSeconds(2),
        }.RunAsync(sabotage);

        output.WriteLine($"{result}");
        foreach (var kind in result.Violations.GroupBy(violation => violation.Invariant).OrderBy(kind => kind.Key))
            output.WriteLine($"{kind.Key}: {kind.Count()} times, as {kind.First().What}");

        Assert.Contains(result.Violations, violation => anyOf.Contains(violation.Invariant));
    }
}
