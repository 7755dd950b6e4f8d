using Sessions.Client;

namespace Sessions.Cli;

/// <summary>Turn after turn, one for each line of standard input.</summary>
internal sealed class Conversation(Terminal terminal, Turn turn)
{
    /// <returns>For a script the first exit code that is not 0; for a person, who has seen it all, 0.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var exitCode = ExitCodes.Completed;
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var code = await TakeTurnAsync(line, cancellationToken);
            if (code is ExitCodes.Unreachable or ExitCodes.Interrupted)
            {
                return code;
            }

            exitCode = exitCode == ExitCodes.Completed ? code : exitCode;
        }

        return terminal.InIsTerminal ? ExitCodes.Completed : exitCode;
    }

    private async Task<int> TakeTurnAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            return await turn.RunAsync(text, cancellationToken);
        }
        catch (SessionsException e)
        {
            return terminal.Fail(e);
        }
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        if (terminal.InIsTerminal)
        {
            terminal.Error.Write("> ");
        }

        using var interrupted = terminal.CancelOnInterrupt(cancellationToken);

        // A read of a terminal can't be cancelled; it is left behind when the process is about to end.
        return await Task.Run(terminal.In.ReadLine, cancellationToken).WaitAsync(interrupted.Token);
    }
}
