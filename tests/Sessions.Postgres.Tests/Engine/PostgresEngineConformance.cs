using Sessions.Engine;
using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Postgres.Tests;

[Collection(EnginesOnPostgres.Name)]
public sealed class PostgresEngineConformance(PostgresFixture postgres, ITestOutputHelper output) : EngineConformance(output)
{
    protected override EngineOptions Options => base.Options with { LeaseTtl = TimeSpan.FromSeconds(1) };

    protected override int Races => 5;

    protected override int HistoryPasses => 16;

    protected override async ValueTask<EngineCluster> StartAsync(EngineOptions options) =>
        await PostgresEngineCluster.StartAsync(await postgres.CreateAsync(), options);
}
