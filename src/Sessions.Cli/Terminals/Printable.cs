using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sessions.Cli;

/// <summary>Text from elsewhere, fit to stand in a line of a terminal: without control characters that it would obey.</summary>
internal static class Printable
{
    /// <summary>The text on one line, each control character a space.</summary>
    public static string Line(string? text) =>
        text is null ? "" : string.Create(text.Length, text, static (line, source) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });

    /// <summary>The text as a JSON string, so that nothing of it is lost.</summary>
    public static string Quoted(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
