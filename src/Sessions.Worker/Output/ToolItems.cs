using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>Turns tool output into one item that the wire takes; what is over the limit becomes a marked preview.</summary>
internal static class ToolItems
{
    private const int NameBytes = 1024;
    private const int PreviewBytes = 4096;

    public static OutputItem Shape(AgentOutput.Tool tool)
    {
        if (string.IsNullOrEmpty(tool.CallId) || string.IsNullOrEmpty(tool.Name))
            throw new AgentException(RunErrorCodes.AgentError, "The agent yielded a tool call without an id or a name.");
        if (tool.Phase is not (ToolPhases.Started or ToolPhases.Result))
            throw new AgentException(RunErrorCodes.AgentError, $"The agent yielded a tool call in the phase '{tool.Phase}'.");

        var budget = OutputShaper.ItemBytes - (2 * NameBytes);
        var arguments = Own(tool.Arguments);
        var result = Own(tool.Result);
        if (Bytes(arguments) + Bytes(result) > budget)
        {
            arguments = Within(arguments, budget / 2);
            result = Within(result, budget / 2);
        }

        return new OutputItem
        {
            Type = OutputTypes.Tool,
            ToolCallId = Utf8Text.Cut(Utf8Text.WellFormed(tool.CallId), NameBytes),
            Name = Utf8Text.Cut(Utf8Text.WellFormed(tool.Name), NameBytes),
            Phase = tool.Phase,
            Arguments = arguments,
            Result = result,
        };
    }

    /// <summary>A copy, since the agent may dispose of its document as soon as it is asked for the next item.</summary>
    private static JsonElement? Own(JsonElement? element) =>
        element is not { ValueKind: not JsonValueKind.Undefined } value ? null : value.Clone();

    private static JsonElement? Within(JsonElement? element, int maxBytes)
    {
        var bytes = Bytes(element);
        if (bytes <= maxBytes)
            return element;

        var marker = new JsonObject
        {
            ["truncated"] = true,
            ["bytes"] = bytes,
            ["preview"] = Utf8Text.Cut(element!.Value.GetRawText(), PreviewBytes),
        };
        using var document = JsonDocument.Parse(marker.ToJsonString());
        return document.RootElement.Clone();
    }

    private static int Bytes(JsonElement? element) =>
        element is { } value ? Encoding.UTF8.GetByteCount(value.GetRawText()) : 0;
}
