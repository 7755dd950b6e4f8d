using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;

namespace Sessions.Load;

/// <summary>The text of a delta: when it was appended, by a clock that all processes of a machine share, and a filling.</summary>
internal static class DeltaText
{
    private static ReadOnlySpan<byte> Mark => "\"text\":\"@"u8;

    public static string Now() => string.Create(
        CultureInfo.InvariantCulture, $"@{Stopwatch.GetTimestamp()} a handful of words");

    /// <summary>The same with a number to know it by.</summary>
    public static string Now(int number) => string.Create(
        CultureInfo.InvariantCulture, $"@{Stopwatch.GetTimestamp()} {number} a handful of words");

    /// <summary>When the event's text was made; null for an event without such a text.</summary>
    public static long? SentAt(ReadOnlySpan<byte> data)
    {
        var at = data.IndexOf(Mark);
        return at >= 0 && Utf8Parser.TryParse(data[(at + Mark.Length)..], out long timestamp, out _) ? timestamp : null;
    }

    /// <summary>The event's number; null for an event without one.</summary>
    public static int? NumberOf(ReadOnlySpan<byte> data)
    {
        var at = data.IndexOf(Mark);
        if (at < 0 || !Utf8Parser.TryParse(data[(at + Mark.Length)..], out long _, out var length))
            return null;

        // A space stands between the two.
        return Utf8Parser.TryParse(data[(at + Mark.Length + length + 1)..], out int number, out _) ? number : null;
    }
}
