using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Sessions.Worker;

/// <summary>Writes the body of a streaming chat completion request.</summary>
internal static class ChatRequestBody
{
    public static BinaryData Write(string model, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("model", options?.ModelId ?? model);
            json.WriteStartArray("messages");
            foreach (var message in messages)
            {
                json.WriteStartObject();
                json.WriteString("role", message.Role.Value);
                json.WriteString("content", message.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteNumber(json, "temperature", options?.Temperature);
            WriteNumber(json, "top_p", options?.TopP);
            WriteNumber(json, "max_completion_tokens", options?.MaxOutputTokens);
            json.WriteBoolean("stream", true);
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return BinaryData.FromBytes(body.ToArray());
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, float? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }
}
