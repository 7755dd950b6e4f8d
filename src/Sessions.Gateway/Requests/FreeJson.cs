using System.Globalization;
using System.Text;
using System.Text.Json;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>
/// Reads JSON of any form that agents report. It is stored, and given to every reader from then on: what would break one of
/// them is refused here, once.
/// </summary>
internal static class FreeJson
{
    /// <summary>The value as text; null when there is none.</summary>
    public static string? Read(JsonElement? element, string field)
    {
        if (element is not { ValueKind: not JsonValueKind.Null and not JsonValueKind.Undefined } value)
            return null;

        var json = value.GetRawText();
        var bytes = Encoding.UTF8.GetBytes(json);
        try
        {
            Walk(new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Limits.JsonDepth }));
            return json;
        }
        catch (JsonException)
        {
            throw ProblemException.Invalid(
                field, string.Create(CultureInfo.InvariantCulture, $"'{field}' nests deeper than {Limits.JsonDepth}."));
        }
        catch (InvalidOperationException)
        {
            throw ProblemException.Invalid(field, $"'{field}' has a string that is not Unicode.");
        }
    }

    /// <summary>Throws when an escape in a string is half a character.</summary>
    /// <exception cref="InvalidOperationException">One is.</exception>
    public static void RefuseLoneSurrogates(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\ud"u8) >= 0 || json.IndexOf("\\uD"u8) >= 0)
            Walk(new Utf8JsonReader(json));
    }

    private static void Walk(Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                reader.GetString();
        }
    }
}
