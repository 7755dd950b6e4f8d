using System.Text.Json;

namespace Sessions.Worker;

/// <summary>One thing that an agent puts out.</summary>
public abstract record AgentOutput
{
    private AgentOutput()
    {
    }

    /// <summary>A piece of streamed text; pieces are joined to the letter. Empty ones are dropped.</summary>
    /// <param name="Text">The text, of any length.</param>
    public sealed record Delta(string Text) : AgentOutput;

    /// <summary>
    /// A whole block of text that was not streamed. One over <see cref="Protocol.Limits.OutputItemBytes"/> is sent as
    /// several deltas, which join to the same text. Empty ones are dropped.
    /// </summary>
    /// <param name="Text">The text, of any length.</param>
    public sealed record Content(string Text) : AgentOutput;

    /// <summary>
    /// A tool call began or returned. Where the item would be over <see cref="Protocol.Limits.OutputItemBytes"/>, the
    /// arguments and the result are replaced by <c>{"truncated":true,"bytes":n,"preview":"…"}</c>, and an id or a name
    /// over 1 KiB is cut.
    /// </summary>
    /// <param name="CallId">Names one call within the run.</param>
    /// <param name="Name">The tool's name.</param>
    /// <param name="Phase"><c>started</c> or <c>result</c>, see <see cref="Protocol.ToolPhases"/>.</param>
    /// <param name="Arguments">The call's arguments, any JSON.</param>
    /// <param name="Result">The call's result, any JSON.</param>
    public sealed record Tool(string CallId, string Name, string Phase, JsonElement? Arguments = null, JsonElement? Result = null)
        : AgentOutput;

    /// <summary>Shown to people, no part of the transcript. A long one is sent as several. Empty ones are dropped.</summary>
    /// <param name="Text">The text, of any length.</param>
    public sealed record Notice(string Text) : AgentOutput;

    /// <summary>The end of the run. The enumeration is not continued behind it.</summary>
    /// <param name="Text">
    /// The whole answer, in place of what was streamed; null for what was streamed. One over
    /// <see cref="Protocol.Limits.MessageTextBytes"/> is sent as deltas when nothing was streamed before; when
    /// something was, the run fails with the code <c>output_too_large</c>.
    /// </param>
    /// <param name="Usage">
    /// What the run used, a JSON object of at most <see cref="Protocol.Limits.UsageBytes"/>; anything else is left out
    /// and logged.
    /// </param>
    public sealed record Completion(string? Text = null, JsonElement? Usage = null) : AgentOutput;
}
