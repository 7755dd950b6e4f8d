using System.CommandLine;

namespace Sessions.Load;

/// <summary>What scenarios do with the engine <c>orleans</c>, which not every build has.</summary>
internal abstract partial class OrleansLoad
{
    /// <summary>Null in a build without it.</summary>
    public static OrleansLoad? Find()
    {
        OrleansLoad? found = null;
        Find(ref found);
        return found;
    }

    /// <summary>Scenarios that only this engine has.</summary>
    public abstract IEnumerable<Command> Commands { get; }

    /// <summary>Scenario <c>lifecycle</c> over a store in memory, or over a database of the server.</summary>
    public abstract Task<Report> RunsAsync(
        LifecycleSettings settings, RoundSettings rounds, LoadServer? server, CancellationToken cancellationToken);

    /// <summary>Scenario <c>latency</c>.</summary>
    public abstract Task<Report> LatencyAsync(
        FanoutSettings settings, RoundSettings rounds, LoadServer server, CancellationToken cancellationToken);

    static partial void Find(ref OrleansLoad? found);
}
