using Sessions.Engine;
using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Orleans.Tests;

/// <summary>Each operation through one of three silos or the client, as a seeded dice chooses.</summary>
public sealed class PostgresSilosConformance(PostgresSilos silos, ITestOutputHelper output)
    : EngineConformance(output), IClassFixture<PostgresSilos>
{
    protected override int Races => 10;

    protected override ValueTask<EngineCluster> StartAsync(EngineOptions options) => new(silos.Lend());
}
