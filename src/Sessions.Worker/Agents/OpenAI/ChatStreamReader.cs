using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Sessions.Worker;

/// <summary>
/// Reads a streamed chat completion. More tolerant than the SDK's own reader where endpoints differ (unknown finish
/// reasons, missing fields), stricter where text may be missing: an answer that just stops is an error.
/// </summary>
/// <remarks>
/// The answer is whole once there was a finish reason or <c>[DONE]</c>: what breaks after that is no fault any more,
/// only the usage may be missing.
/// </remarks>
internal sealed class ChatStreamReader
{
    private readonly ToolCallAssembly _toolCalls = new();
    private ChatFinishReason? _finishReason;
    private UsageDetails? _usage;

    public async IAsyncEnumerable<ChatResponseUpdate> ReadAsync(
        Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var events = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(events, cancellationToken) is { } data)
        {
            if (data.AsSpan().Trim() is "[DONE]")
            {
                _finishReason ??= ChatFinishReason.Stop;
                break;
            }

            if (data.Length > 0 && ReadChunk(data) is { Length: > 0 } text)
                yield return new ChatResponseUpdate(ChatRole.Assistant, text);
        }

        if (_finishReason is null)
            throw UpstreamFaults.NoEnd();

        var last = new ChatResponseUpdate { Role = ChatRole.Assistant, FinishReason = _finishReason };
        foreach (var call in _toolCalls.Calls())
            last.Contents.Add(call);
        if (_usage is not null)
            last.Contents.Add(new UsageContent(_usage));
        yield return last;
    }

    private async ValueTask<string?> NextAsync(
        IAsyncEnumerator<SseItem<string>> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync() ? events.Current.Data : null;
        }
        catch (Exception) when (_finishReason is not null && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The chunk's text; keeps what else it says.</summary>
    private string? ReadChunk(string data)
    {
        using var document = JsonDocument.Parse(data);
        var chunk = document.RootElement;
        if (Member(chunk, "error") is { } error)
            throw UpstreamFaults.FromContent(new ErrorContent(ErrorMessage(error)));
        if (Member(chunk, "usage") is { ValueKind: JsonValueKind.Object } usage)
            _usage = ReadUsage(usage);
        if (Member(chunk, "choices") is not { ValueKind: JsonValueKind.Array } choices || choices.GetArrayLength() == 0)
            return null;

        var choice = choices[0];
        if (Text(choice, "finish_reason") is { Length: > 0 } finishReason)
            _finishReason = new ChatFinishReason(finishReason);
        if (Member(choice, "delta") is not { ValueKind: JsonValueKind.Object } delta)
            return null;
        if (Member(delta, "tool_calls") is { ValueKind: JsonValueKind.Array } calls)
            _toolCalls.Add(calls);
        return Text(delta, "content") + Text(delta, "refusal");
    }

    /// <summary>An error object's message, or all of it when it has none.</summary>
    internal static string ErrorMessage(JsonElement error) => error.ValueKind == JsonValueKind.String
        ? error.GetString()!
        : Text(error, "message") ?? error.GetRawText();

    internal static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind != JsonValueKind.Null ? value : null;

    internal static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static UsageDetails ReadUsage(JsonElement usage) => new()
    {
        InputTokenCount = Count(usage, "prompt_tokens"),
        OutputTokenCount = Count(usage, "completion_tokens"),
        TotalTokenCount = Count(usage, "total_tokens"),
    };

    private static long? Count(JsonElement usage, string name) =>
        Member(usage, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var count) ? count : null;
}
