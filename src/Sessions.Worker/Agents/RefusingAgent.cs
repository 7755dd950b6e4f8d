namespace Sessions.Worker;

/// <summary>Fails every run the same way: for claims that can't be executed, so that they end as all others do.</summary>
internal sealed class RefusingAgent(string code, string message, string phase) : IAgent
{
    public IAsyncEnumerable<AgentOutput> RunAsync(AgentRun run, CancellationToken cancellationToken) =>
        throw new AgentException(code, message, phase);
}
