using Sessions.Testing;
using Xunit.Abstractions;

namespace Sessions.Engine.Tests;

public sealed class MemoryEngineConformance(ITestOutputHelper output) : EngineConformance(output)
{
    protected override ValueTask<EngineCluster> StartAsync(EngineOptions options) => new(new MemoryCluster(options));
}
