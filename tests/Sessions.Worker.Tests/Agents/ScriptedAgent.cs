namespace Sessions.Worker.Tests;

/// <summary>An agent from a lambda.</summary>
internal sealed class ScriptedAgent(Func<AgentRun, CancellationToken, IAsyncEnumerable<AgentOutput>?> script) : IAgent
{
    public IAsyncEnumerable<AgentOutput> RunAsync(AgentRun run, CancellationToken cancellationToken) =>
        script(run, cancellationToken)!;

    public static ScriptedAgent Saying(params AgentOutput?[] outputs) =>
        new((_, _) => outputs.ToAsyncEnumerable()!);

    public static AgentOutput Delta(string text) => new AgentOutput.Delta(text);
}
