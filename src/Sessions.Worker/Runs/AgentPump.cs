using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>Enumerates one agent into the queue and tells how it ended. Whatever the agent does, it never throws.</summary>
internal sealed class AgentPump(IAgent agent, AgentRun run, OutputQueue queue, Action<RunEnding> end, ILogger logger)
{
    private readonly OutputShaper _shaper = new();

    /// <summary>The task ends when the agent has let go of everything, which may be later than the run's end.</summary>
    /// <remarks>On a thread of its own up to the first wait: agents that block must not starve heartbeats of the pool.</remarks>
    public Task StartAsync(CancellationToken cancellationToken) => Task.Factory.StartNew(
        () => RunAsync(cancellationToken), CancellationToken.None,
        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        IAsyncEnumerator<AgentOutput>? outputs = null;
        try
        {
            outputs = agent.RunAsync(run, cancellationToken)?.GetAsyncEnumerator(cancellationToken)
                ?? throw new AgentException(RunErrorCodes.AgentError, "The agent returned null.", FailPhases.Start);
            end(await EnumerateAsync(outputs, cancellationToken));
        }
        catch (Exception exception)
        {
            // After a cancellation this changes nothing: the ending was decided by what cancelled.
            end(Failure(exception));
            if (!cancellationToken.IsCancellationRequested)
                WorkerLog.AgentFailed(logger, run.Run.SessionId, run.Run.Id, exception);
        }

        await DisposeAsync(outputs);
    }

    private async Task<RunEnding> EnumerateAsync(IAsyncEnumerator<AgentOutput> outputs, CancellationToken cancellationToken)
    {
        while (await outputs.MoveNextAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (outputs.Current)
            {
                case null:
                    throw new AgentException(RunErrorCodes.AgentError, "The agent yielded null.");
                case AgentOutput.Completion completion:
                    return await CompleteAsync(completion, cancellationToken);
                case var output:
                    await WriteAsync(_shaper.Shape(output), cancellationToken);
                    break;
            }
        }

        await WriteAsync(_shaper.Flush(), cancellationToken);
        return new RunEnding.Completed(null, null);
    }

    private async Task<RunEnding> CompleteAsync(AgentOutput.Completion completion, CancellationToken cancellationToken)
    {
        await WriteAsync(_shaper.Flush(), cancellationToken);
        var usage = Usage(completion.Usage);
        if (completion.Text is not { } text)
            return new RunEnding.Completed(null, usage);
        if (CompletionText.Fits(text))
            return new RunEnding.Completed(Utf8Text.WellFormed(text), usage);
        if (_shaper.HasText)
            throw new AgentException(WorkerErrorCodes.OutputTooLarge, CompletionText.TooLarge);

        await WriteAsync(_shaper.Shape(new AgentOutput.Delta(text)).Concat(_shaper.Flush()), cancellationToken);
        return new RunEnding.Completed(null, usage);
    }

    private async ValueTask WriteAsync(IEnumerable<OutputItem> items, CancellationToken cancellationToken)
    {
        foreach (var item in items)
            await queue.WriteAsync(item, cancellationToken);
    }

    private JsonElement? Usage(JsonElement? usage)
    {
        if (usage is not { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } value)
            return null;
        if (value.ValueKind == JsonValueKind.Object && Encoding.UTF8.GetByteCount(value.GetRawText()) <= Limits.UsageBytes)
            return value.Clone();
        WorkerLog.UsageLeftOut(logger, run.Run.SessionId, run.Run.Id, Limits.UsageBytes);
        return null;
    }

    private async Task DisposeAsync(IAsyncEnumerator<AgentOutput>? outputs)
    {
        try
        {
            if (outputs is not null)
                await outputs.DisposeAsync();
        }
        catch (Exception exception)
        {
            WorkerLog.AgentDisposalFailed(logger, run.Run.SessionId, run.Run.Id, exception);
        }
    }

    private static RunEnding.Failed Failure(Exception exception) => exception is AgentException failure
        ? new(ErrorText.Code(failure.Code), ErrorText.OneLine(failure.Message, failure.Code), ErrorText.Phase(failure.Phase))
        : new(RunErrorCodes.AgentError, ErrorText.OneLine(exception.Message, exception.GetType().Name), FailPhases.Run);
}
