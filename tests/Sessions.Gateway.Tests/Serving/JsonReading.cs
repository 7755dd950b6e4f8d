using System.Text.Json;

namespace Sessions.Gateway.Tests;

/// <summary>Short ways to read JSON in tests.</summary>
internal static class JsonReading
{
    /// <summary>The string at that property; null when it is null or absent.</summary>
    public static string? Text(this JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    public static long Number(this JsonElement element, string property) => element.GetProperty(property).GetInt64();

    public static bool Flag(this JsonElement element, string property) => element.GetProperty(property).GetBoolean();

    public static bool IsNull(this JsonElement element, string property) =>
        !element.TryGetProperty(property, out var value) || value.ValueKind == JsonValueKind.Null;

    public static JsonElement[] Items(this JsonElement element, string property = "items") =>
        [.. element.GetProperty(property).EnumerateArray()];

    public static string?[] Texts(this JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(item => item.GetString())];

    public static string?[] Ids(this JsonElement element) => [.. element.Items().Select(item => item.Text("id"))];
}
