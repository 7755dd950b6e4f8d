using Sessions.Client;

namespace Sessions.Cli;

/// <summary>
/// One message and its answer. The first Ctrl-C aborts the run by the key of its send, so that it holds even when the
/// send has not been answered yet; the second leaves.
/// </summary>
internal sealed class Turn(Terminal terminal, SessionHandle session, SendOptions options, bool isJson)
{
    public async Task<int> RunAsync(string text, CancellationToken cancellationToken)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var key = Guid.CreateVersion7().ToString();
        var aborting = Task.CompletedTask;
        var interrupts = 0;
        using var subscription = terminal.Interrupts.Subscribe(() =>
        {
            if (Interlocked.Increment(ref interrupts) == 1)
            {
                aborting = AbortAsync(key, left.Token);
            }
            else
            {
                left.Cancel();
            }
        });

        try
        {
            var result = await AnswerAsync(text, key, left.Token);
            await aborting;
            return result switch
            {
                RunCompleted => ExitCodes.Completed,
                RunAborted => ExitCodes.Aborted,
                _ => ExitCodes.Failed,
            };
        }
        catch (OperationCanceledException) when (interrupts > 1)
        {
            return ExitCodes.Interrupted;
        }
    }

    private async Task<RunResult> AnswerAsync(string text, string key, CancellationToken cancellationToken)
    {
        ITurnOutput output = isJson ? new JsonTurnOutput(terminal) : new TextTurnOutput(terminal);
        var run = await session.SendAsync(text, options with { IdempotencyKey = key }, cancellationToken);
        RunResult? result = null;
        await foreach (var record in run.Events(cancellationToken: cancellationToken))
        {
            output.Write(record);
            result = record.Run is null ? null : RunResult.Of(record.Run);
        }

        // A reset of the session cuts the log with the terminal event off; the run itself still says how it ended.
        result ??= await run.WaitAsync(cancellationToken);
        output.Write(result);
        return result;
    }

    private async Task AbortAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            terminal.Error.WriteLine("aborting; Ctrl-C again to leave");
            await session.AbortAsync(idempotencyKey: key, cancellationToken: cancellationToken);
        }
        catch (SessionsException e)
        {
            terminal.Fail(e);
        }
        catch (OperationCanceledException)
        {
            // Whoever leaves does not wait for it.
        }
    }
}
