namespace Sessions.Worker;

/// <summary>Something that answers: it turns the state of a conversation into output.</summary>
public interface IAgent
{
    /// <summary>
    /// Executes one run. What is yielded is reported in order; the run then completes, with the text and usage of a
    /// final <see cref="AgentOutput.Completion"/> if one was yielded, else with what was streamed.
    /// </summary>
    /// <remarks>
    /// <para>
    /// To fail the run, throw <see cref="AgentException"/>; any other exception fails it with the code
    /// <c>agent_error</c>. An agent may be enumerated for several runs at the same time. The part before its first
    /// <c>await</c> runs on a thread of its own, so it may block there.
    /// </para>
    /// <para>
    /// While reports are slower than the agent, the enumeration waits. The texts of deltas, contents and notices may
    /// have any length: one over <see cref="Protocol.Limits.OutputItemBytes"/> is sent in pieces.
    /// </para>
    /// </remarks>
    /// <param name="run">The run, its session and the transcript.</param>
    /// <param name="cancellationToken">
    /// Cancelled when nothing more of the run will be accepted (an abort, the execution deadline, a lost lease) and when
    /// the worker shuts down. The agent has a bounded time to let go, <see cref="WorkerOptions.AgentStopGrace"/>;
    /// after that it is left alone. Also cancelled once the run is over.
    /// </param>
    IAsyncEnumerable<AgentOutput> RunAsync(AgentRun run, CancellationToken cancellationToken);
}
