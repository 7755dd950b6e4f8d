using System.Text.Json;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>
/// One run in one child process. Keeps invariant 25 on the worker's side: any end without a report fails the run.
/// </summary>
/// <remarks>
/// No iterator method with a <c>finally</c>: there a failure would only surface once the child's group has ended, which may
/// take seconds. Here the run's end is told at once, and disposal ends the group.
/// </remarks>
internal sealed class ProcessRun(
    ProcessAgentOptions options, AgentRun run, TimeProvider timeProvider, CancellationToken cancellationToken)
    : IAsyncEnumerator<AgentOutput>
{
    /// <summary>How long a child may live on by itself once nothing more of it counts.</summary>
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(2);

    /// <summary>How long a child may live on that has closed its standard output and so can't report any more.</summary>
    private static readonly TimeSpan SilentGrace = TimeSpan.FromSeconds(5);

    private ChildProcess? _child;
    private IAsyncEnumerator<AgentOutput>? _outputs;
    private bool _hasReported;

    public AgentOutput Current => _outputs!.Current;

    public async ValueTask<bool> MoveNextAsync()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_child is null)
        {
            _child = Start();
            _outputs = ReadAsync(_child).GetAsyncEnumerator(cancellationToken);
        }

        return await _outputs!.MoveNextAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is not null)
            await _child.EndAsync(_hasReported ? ExitGrace : TimeSpan.Zero);
    }

    private ChildProcess Start()
    {
        try
        {
            var child = ChildProcess.Start(options, timeProvider);
            var claim = new ClaimResource(run.Run, run.Session, run.Messages, run.Lease);
            child.Feed([.. JsonSerializer.SerializeToUtf8Bytes(claim, ProtocolJson.Wire.ClaimResource), (byte)'\n']);
            return child;
        }
        catch (SpawnException exception)
        {
            throw new AgentException(RunErrorCodes.StartFailed, exception.Message, FailPhases.Start, exception);
        }
    }

    private async IAsyncEnumerable<AgentOutput> ReadAsync(ChildProcess child)
    {
        var outputs = options.Format == ProcessFormat.Text
            ? TextOutput.ReadAsync(child.Output, cancellationToken)
            : LinesAsync(child);
        await foreach (var output in outputs)
        {
            _hasReported = output is AgentOutput.Completion;
            yield return output;
            if (_hasReported)
                yield break;
        }

        var exit = await ExitAsync(child);
        if (options.Format != ProcessFormat.Text || !exit.IsSuccess)
            throw await ExitedAsync(child, exit.ToString());
    }

    /// <summary>Ends with what the child reports, or with its output.</summary>
    private async IAsyncEnumerable<AgentOutput> LinesAsync(ChildProcess child)
    {
        await foreach (var line in LineReader.ReadAsync(child.Output, cancellationToken))
        {
            switch (OutputLine.Parse(line.Span))
            {
                case OutputLine.Item item:
                    yield return item.Output;
                    break;
                case OutputLine.Failure failure:
                    _hasReported = true;
                    throw new AgentException(failure.Code, failure.Message);
            }
        }
    }

    private async Task<ChildExit> ExitAsync(ChildProcess child)
    {
        try
        {
            return await child.Exited.WaitAsync(SilentGrace, timeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw await ExitedAsync(child, $"closed its standard output and did not exit within {SilentGrace.TotalSeconds:0} s");
        }
    }

    private async Task<AgentException> ExitedAsync(ChildProcess child, string how)
    {
        var report = options.Format == ProcessFormat.Text ? "" : " without a report";
        var errors = child.Exited.IsCompleted ? await child.Errors.EndAsync() : child.Errors.Text;
        return new AgentException(
            RunErrorCodes.WorkerExited,
            $"The process {how}{report}.{(errors.Length == 0 ? "" : $" Its standard error ended with: {errors}")}");
    }
}
