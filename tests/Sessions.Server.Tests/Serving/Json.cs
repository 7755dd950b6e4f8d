using System.Text;
using System.Text.Json;

namespace Sessions.Server.Tests;

/// <summary>Short ways to ask and to read.</summary>
internal static class Json
{
    public static async Task<JsonElement> GetJsonAsync(this HttpClient http, string path) =>
        JsonElement.Parse(await http.GetStringAsync(path));

    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient http, string path, object body) =>
        http.PostAsync(path, new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"));

    public static async Task<JsonElement> ReadJsonAsync(this Task<HttpResponseMessage> asking)
    {
        using var response = await asking;
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    public static string? Text(this JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;
}
