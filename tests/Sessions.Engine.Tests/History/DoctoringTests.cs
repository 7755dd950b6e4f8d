using Sessions.Core;
using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Engine.Tests;

/// <summary>A history that is right, falsified in every way there is, at places that a seed chooses: the checker finds each.</summary>
public sealed class DoctoringTests(ITestOutputHelper output)
{
    private const int Tries = 4;

    [Fact]
    public async Task Whatever_is_false_in_a_history_is_found_for_what_it_is()
    {
        var dice = new Dice(output);
        var options = new EngineOptions { MaxQueued = 5 };
        await using var cluster = new MemoryCluster(options);
        var history = await new RandomHistory(cluster, new TenantId("t"), options.LeaseTtl, dice).RunAsync(100, 50);

        Assert.Empty(HistoryChecker.Check(history));
        Assert.Empty(Doctored.Missed(history, dice, Tries));
    }
}
