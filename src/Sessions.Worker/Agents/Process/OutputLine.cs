using System.Text;
using System.Text.Json;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>A line of a child's output, understood.</summary>
internal abstract record OutputLine
{
    private static readonly JsonDocumentOptions Json = new() { MaxDepth = Limits.JsonDepth + 1 };

    private OutputLine()
    {
    }

    /// <summary>An output item, or the completion.</summary>
    public sealed record Item(AgentOutput Output) : OutputLine;

    /// <summary>The child says that the run failed.</summary>
    public sealed record Failure(string Code, string Message) : OutputLine;

    /// <exception cref="AgentException">The line is none of the above, or its item is over the limit.</exception>
    public static OutputLine Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            // Half a character in an escape is only found when the string is read.
            if (line.IndexOf("\\u"u8) >= 0)
                ReadStrings(line);
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.BytesConsumed < line.Length && line[(int)reader.BytesConsumed..].IndexOfAnyExcept(" \t\r"u8) >= 0)
                throw Invalid(line, "there is more than one value");
            return Read(document.RootElement, line);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Invalid(line, "it is not JSON as it has to be", exception);
        }
    }

    private static OutputLine Read(JsonElement item, ReadOnlySpan<byte> line)
    {
        if (item.ValueKind != JsonValueKind.Object)
            throw Invalid(line, "it is not an object");

        return Text(item, "type") switch
        {
            OutputTypes.Delta => new Item(new AgentOutput.Delta(Within(Required(item, "text", line)))),
            OutputTypes.Content => new Item(new AgentOutput.Content(Within(Required(item, "text", line)))),
            OutputTypes.Notice => new Item(new AgentOutput.Notice(Within(Required(item, "text", line)))),
            OutputTypes.Tool => new Item(Tool(item, line)),
            "complete" => new Item(new AgentOutput.Completion(Optional(item, "text", line), Value(item, "usage"))),
            "fail" => new Failure(Optional(item, "code", line) ?? "", Optional(item, "message", line) ?? ""),
            _ => throw Invalid(line, "its 'type' is not one of: delta, content, tool, notice, complete, fail"),
        };
    }

    private static AgentOutput.Tool Tool(JsonElement item, ReadOnlySpan<byte> line)
    {
        var phase = Required(item, "phase", line);
        if (phase is not (ToolPhases.Started or ToolPhases.Result))
            throw Invalid(line, "its 'phase' is neither started nor result");

        var tool = new AgentOutput.Tool(
            Named(item, "toolCallId", line), Named(item, "name", line), phase, Value(item, "arguments"), Value(item, "result"));
        Within(string.Concat(tool.Arguments?.GetRawText(), tool.Result?.GetRawText()));
        return tool;
    }

    private static string Named(JsonElement item, string property, ReadOnlySpan<byte> line) =>
        Required(item, property, line) is { Length: > 0 } text ? text : throw Invalid(line, $"its '{property}' is empty");

    private static string Required(JsonElement item, string property, ReadOnlySpan<byte> line) =>
        Text(item, property) ?? throw Invalid(line, $"its '{property}' is not a text");

    private static string? Optional(JsonElement item, string property, ReadOnlySpan<byte> line) =>
        Value(item, property) is null ? null : Required(item, property, line);

    private static string? Text(JsonElement item, string property) =>
        item.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Value(JsonElement item, string property) =>
        item.TryGetProperty(property, out var value) && value.ValueKind != JsonValueKind.Null ? value.Clone() : null;

    private static string Within(string text) => Encoding.UTF8.GetByteCount(text) <= Limits.OutputItemBytes
        ? text
        : throw new AgentException(
            WorkerErrorCodes.OutputTooLarge, $"The process wrote an output item of over {Limits.OutputItemBytes} bytes.");

    private static void ReadStrings(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                reader.GetString();
        }
    }

    private static AgentException Invalid(ReadOnlySpan<byte> line, string problem, Exception? exception = null)
    {
        const int Shown = 200;
        var text = Encoding.UTF8.GetString(line[..Math.Min(line.Length, Shown)]).Trim();
        return new AgentException(
            WorkerErrorCodes.OutputInvalid,
            $"The process wrote a line that can't be understood, {problem}: {text}{(line.Length > Shown ? "…" : "")}",
            innerException: exception);
    }
}
