using Sessions.Engine;
using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Orleans.Tests;

/// <summary>Each operation through one of three silos or the client, as a seeded dice chooses.</summary>
public sealed class PostgresSilosConformance(PostgresSilos silos, ITestOutputHelper output)
    : EngineConformance(output), IClassFixture<PostgresSilos>
{
    protected override int Races => 10;

    [Fact]
    public async Task The_database_keeps_the_members_and_the_subscriptions() => Assert.True(
        await silos.CountAsync("OrleansMembershipTable where Status = 3") == 3 && await silos.CountAsync("OrleansStorage") > 0);

    protected override ValueTask<EngineCluster> StartAsync(EngineOptions options) => new(silos.Lend());
}
