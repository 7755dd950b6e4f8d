using System.Collections.Immutable;
using System.Text.Json;
using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>Metadata as a JSON object.</summary>
internal static class StoredMetadata
{
    private const string None = "{}";

    public static Dictionary<string, string> Of(ImmutableSortedDictionary<string, string> metadata) =>
        new(metadata, StringComparer.Ordinal);

    public static ImmutableSortedDictionary<string, string> Back(Dictionary<string, string>? stored) =>
        stored is null or { Count: 0 }
            ? SessionState.NoMetadata
            : SessionState.NoMetadata.AddRange(stored);

    public static string ToJson(ImmutableSortedDictionary<string, string> metadata) => metadata.IsEmpty
        ? None
        : JsonSerializer.Serialize(Of(metadata), StoredJson.Relaxed.DictionaryStringString);

    public static ImmutableSortedDictionary<string, string> FromJson(string stored) => stored == None
        ? SessionState.NoMetadata
        : Back(JsonSerializer.Deserialize(stored, StoredJson.Relaxed.DictionaryStringString));
}
