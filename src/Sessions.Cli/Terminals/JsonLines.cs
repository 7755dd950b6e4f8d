using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sessions.Cli;

/// <summary>Output for scripts: one JSON value a line.</summary>
internal static class JsonLines
{
    public static void WriteJson<T>(this TextWriter writer, T value, JsonTypeInfo<T> type) =>
        writer.WriteLine(JsonSerializer.Serialize(value, type));
}
