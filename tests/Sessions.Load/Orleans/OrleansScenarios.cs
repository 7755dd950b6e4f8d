using System.CommandLine;

namespace Sessions.Load;

internal abstract partial class OrleansLoad
{
    static partial void Find(ref OrleansLoad? found) => found = new OrleansScenarios();
}

/// <summary>The scenarios on a cluster of silos.</summary>
internal sealed class OrleansScenarios : OrleansLoad
{
    public override IEnumerable<Command> Commands => [SiloDeathCommand.Create()];

    public override Task<Report> RunsAsync(
        LifecycleSettings settings, RoundSettings rounds, LoadServer? server, CancellationToken cancellationToken) => server is null
            ? MemoryGrains.RunAsync(settings, rounds, cancellationToken)
            : DurableGrains.RunAsync(settings, rounds, server, cancellationToken);

    public override Task<Report> LatencyAsync(
        FanoutSettings settings, RoundSettings rounds, LoadServer server, CancellationToken cancellationToken) =>
        SiloLatency.RunAsync(settings, rounds, server, cancellationToken);
}
