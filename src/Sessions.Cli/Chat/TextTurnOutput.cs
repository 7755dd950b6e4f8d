using System.Text;
using Sessions.Client;
using Sessions.Protocol;

namespace Sessions.Cli;

/// <summary>An answer for a person, or for a pipe: its text to the letter as it arrives, all else to standard error.</summary>
internal sealed class TextTurnOutput(Terminal terminal) : ITurnOutput
{
    private readonly StringBuilder _written = new();

    public void Write(EventResource record)
    {
        switch (record.Type)
        {
            case EventTypes.RunDelta or EventTypes.RunContent:
                WriteText(record.Text ?? "");
                break;
            case EventTypes.RunTool when record.Phase == "started":
                Say($"[{record.Name}] {record.Arguments}");
                break;
            case EventTypes.RunTool:
                Say($"[{record.Name}] done");
                break;
            case EventTypes.RunNotice:
                Say(record.Text ?? "");
                break;
            case EventTypes.RunRequeued:
                Say($"starting again: {record.Error?.Message}");
                break;
            default:
                break;
        }
    }

    public void Write(RunResult result)
    {
        var written = _written.ToString();
        if (result.Text.StartsWith(written, StringComparison.Ordinal))
        {
            WriteText(result.Text[written.Length..]);
        }
        else if (result is RunCompleted { Run.Output: not null })
        {
            Say("the agent replaced what it had streamed; its answer is:");
            WriteText(result.Text);
        }

        if (terminal.OutIsTerminal && !IsAtLineStart)
        {
            WriteText("\n");
        }

        switch (result)
        {
            case RunFailed { Error: var error }:
                Say($"error: {error.Code}: {error.Message}");
                break;
            case RunAborted { Reason: var reason }:
                Say($"aborted: {reason}");
                break;
            default:
                break;
        }
    }

    private bool IsAtLineStart => _written.Length == 0 || _written[^1] == '\n';

    private void WriteText(string text)
    {
        _written.Append(text);
        terminal.Out.Write(text);
        terminal.Out.Flush();
    }

    private void Say(string text)
    {
        var separator = terminal.OutIsTerminal && !IsAtLineStart ? "\n" : "";
        terminal.Error.WriteLine(separator + Printable.Line(text));
    }
}
