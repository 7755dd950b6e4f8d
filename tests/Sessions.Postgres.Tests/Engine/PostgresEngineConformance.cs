using Sessions.Engine;
using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Postgres.Tests;

[Collection(EnginesOnPostgres.Name)]
public sealed class PostgresEngineConformance(PostgresFixture postgres, ITestOutputHelper output) : EngineConformance(output)
{
    protected override int Races => 10;

    protected override async ValueTask<EngineCluster> StartAsync(EngineOptions options) =>
        await PostgresEngineCluster.StartAsync(await postgres.CreateAsync(), options);
}
