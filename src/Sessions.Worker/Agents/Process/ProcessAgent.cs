namespace Sessions.Worker;

/// <summary>
/// Answers with a child process per run: the claim as one JSON line on its standard input, its output and its report on its
/// standard output. Linux only; elsewhere every run fails as <c>start_failed</c>.
/// </summary>
/// <remarks>
/// <para>
/// A run fails as <c>start_failed</c> when the child can't be started, as <c>worker_exited</c> when it ends without a report,
/// with <see cref="WorkerErrorCodes.OutputInvalid"/> or <see cref="WorkerErrorCodes.OutputTooLarge"/> for what it must not
/// write, and with the child's own code when it reports a failure. The end of its standard error is part of the message.
/// </para>
/// <para>
/// The child leads a process group of its own. When the run is over the group is sent SIGTERM, and SIGKILL 5 s later; a child
/// that has reported has 2 s to exit by itself before. The group is ended also when the worker's process is killed. Only
/// descendants that leave the group escape.
/// </para>
/// </remarks>
public sealed class ProcessAgent : IAgent
{
    /// <summary>
    /// What <see cref="WorkerOptions.AgentStopGrace"/> should be at least, so that a slot is only free again when the
    /// child that held it is gone: 8 s.
    /// </summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(8);

    private readonly ProcessAgentOptions _options;
    private readonly TimeProvider _timeProvider;

    /// <summary>Makes an agent.</summary>
    /// <param name="options">What it runs.</param>
    /// <param name="timeProvider">The clock of the graces.</param>
    /// <exception cref="ArgumentException">An option has a value that it can't have; the message names it.</exception>
    public ProcessAgent(ProcessAgentOptions options, TimeProvider timeProvider)
    {
        options.Validate();
        _options = options;
        _timeProvider = timeProvider;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<AgentOutput> RunAsync(AgentRun run, CancellationToken cancellationToken) =>
        new ProcessRuns(_options, run, _timeProvider);

    private sealed class ProcessRuns(ProcessAgentOptions options, AgentRun run, TimeProvider timeProvider)
        : IAsyncEnumerable<AgentOutput>
    {
        public IAsyncEnumerator<AgentOutput> GetAsyncEnumerator(CancellationToken cancellationToken) =>
            new ProcessRun(options, run, timeProvider, cancellationToken);
    }
}
