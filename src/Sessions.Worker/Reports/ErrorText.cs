using System.Text;
using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>Brings codes and messages of failures into the wire's shape.</summary>
internal static class ErrorText
{
    /// <summary>One line within the wire's limit: control characters and stretches of whitespace become one space.</summary>
    public static string OneLine(string? message, string fallback)
    {
        var line = new StringBuilder();
        foreach (var rune in (message ?? "").EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune) && !Rune.IsControl(rune))
                line.Append(rune);
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');

            // Three bytes a UTF-16 unit at most, one at least: what is behind this can't be within the limit.
            if (line.Length > Limits.ErrorMessageBytes)
                break;
        }

        var text = line.ToString().Trim();
        return text.Length == 0 ? fallback : Utf8Text.Cut(text, Limits.ErrorMessageBytes);
    }

    public static string Code(string? code)
    {
        var text = Utf8Text.WellFormed(code ?? "").Trim();
        if (text.Length == 0)
            return RunErrorCodes.AgentError;
        if (text.Length <= Limits.ErrorCodeLength)
            return text;
        var end = Limits.ErrorCodeLength;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)];
    }

    public static string Phase(string? phase) => phase == FailPhases.Start ? FailPhases.Start : FailPhases.Run;
}
