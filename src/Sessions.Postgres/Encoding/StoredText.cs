using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Sessions.Postgres;

/// <summary>
/// Texts as PostgreSQL can hold them. It refuses U+0000 and UTF-8 refuses half surrogate pairs, and one of either would
/// fail the commit of everybody in its batch; so they are escaped with U+001A, and come back as they were. Pieces that
/// are put together after escaping are the escaped whole.
/// </summary>
internal static class StoredText
{
    private const char Escape = '\u001A';

    private static readonly SearchValues<char> Suspicious = SearchValues.Create(
        [.. Enumerable.Range('\uD800', 0x800).Select(code => (char)code), '\0', Escape]);

    /// <summary>The text to store.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text)
    {
        if (text is null || text.AsSpan().IndexOfAny(Suspicious) is var from && from < 0)
            return text;

        StringBuilder? stored = null;
        var copied = 0;
        for (var at = from; at < text.Length; at++)
        {
            var c = text[at];
            if (char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
            {
                at++;
            }
            else if (c is '\0' or Escape || char.IsSurrogate(c))
            {
                (stored ??= new()).Append(text, copied, at - copied).Append(Escape)
                    .Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                copied = at + 1;
            }
        }

        return stored is null ? text : stored.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The text that was stored.</summary>
    [return: NotNullIfNotNull(nameof(stored))]
    public static string? Back(string? stored)
    {
        if (stored is null || !stored.Contains(Escape))
            return stored;

        var text = new StringBuilder(stored.Length);
        for (var at = 0; at < stored.Length; at++)
        {
            if (stored[at] != Escape)
            {
                text.Append(stored[at]);
                continue;
            }

            text.Append((char)int.Parse(stored.AsSpan(at + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            at += 4;
        }

        return text.ToString();
    }
}
