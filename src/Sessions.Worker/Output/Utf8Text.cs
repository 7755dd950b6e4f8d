using System.Text;

namespace Sessions.Worker;

/// <summary>Measures and cuts text by its size in UTF-8, never within a rune.</summary>
internal static class Utf8Text
{
    /// <summary>The UTF-16 length of the longest prefix within the limit, though at least one rune.</summary>
    public static int PrefixLength(ReadOnlySpan<char> text, int maxBytes)
    {
        // No UTF-16 unit takes more than three bytes.
        if (text.Length <= maxBytes / 3)
            return text.Length;

        var bytes = 0;
        var length = 0;
        while (length < text.Length)
        {
            Rune.DecodeFromUtf16(text[length..], out var rune, out var consumed);
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes && length > 0)
                break;
            length += consumed;
        }

        return length;
    }

    /// <summary>The longest prefix within the limit.</summary>
    public static string Cut(string text, int maxBytes) => text[..PrefixLength(text, maxBytes)];

    /// <summary>The text in pieces within the limit, which join to the text.</summary>
    public static IEnumerable<string> Split(string text, int maxBytes)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = PrefixLength(text.AsSpan(start), maxBytes);
            yield return text.Substring(start, length);
            start += length;
        }
    }

    /// <summary>The text with every lone surrogate, which UTF-8 can't carry, replaced by U+FFFD.</summary>
    public static string WellFormed(string text)
    {
        var bad = IndexOfLoneSurrogate(text, 0);
        if (bad < 0)
            return text;

        var chars = text.ToCharArray();
        for (; bad >= 0; bad = IndexOfLoneSurrogate(text, bad + 1))
            chars[bad] = '\uFFFD';
        return new string(chars);
    }

    /// <summary>An upper bound of the text's size as a JSON string, whichever encoder writes it.</summary>
    public static int EncodedBound(string? text)
    {
        if (text is null)
            return 0;

        var bound = 2;
        foreach (var c in text)
            bound += char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or ',' or '-' or '_' ? 1 : 6;
        return bound;
    }

    private static int IndexOfLoneSurrogate(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else
                return i;
        }

        return -1;
    }
}
