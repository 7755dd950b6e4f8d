using Sessions.Client;
using Sessions.Protocol;

namespace Sessions.Cli;

/// <summary>Where an answer goes.</summary>
internal interface ITurnOutput
{
    void Write(EventResource record);

    void Write(RunResult result);
}

/// <summary>An answer for a script: its events, the last of them the terminal one.</summary>
internal sealed class JsonTurnOutput(Terminal terminal) : ITurnOutput
{
    private bool _hasTerminal;

    public void Write(EventResource record)
    {
        _hasTerminal = EventTypes.IsTerminal(record.Type);
        terminal.Out.WriteJson(record, ProtocolJson.Default.EventResource);
    }

    public void Write(RunResult result)
    {
        if (!_hasTerminal)
        {
            terminal.Out.WriteJson(result.Run, ProtocolJson.Default.RunResource);
        }

        if (result is RunFailed { Error: var error })
        {
            terminal.Error.WriteLine($"error: {Printable.Line($"{error.Code}: {error.Message}")}");
        }
    }
}
