using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sessions.Postgres;

/// <summary>A place in a list of sessions: behind the session that changed at a time. Opaque to clients.</summary>
internal readonly record struct ListCursor(DateTimeOffset ChangedAt, string Session)
{
    /// <summary>Before the first.</summary>
    public static ListCursor Start { get; } = new(new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero), "");

    public static bool TryParse(string text, out ListCursor cursor)
    {
        cursor = default;
        if (text.Length > 256 || !Base64Url.IsValid(text))
            return false;

        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ');
        if (parts.Length != 2
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            || ticks > Start.ChangedAt.UtcTicks
            || !Core.Identifier.IsValid(parts[1]))
        {
            return false;
        }

        cursor = new(new DateTimeOffset(ticks, TimeSpan.Zero), parts[1]);
        return true;
    }

    public override string ToString() => Base64Url.EncodeToString(
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ChangedAt.UtcTicks} {Session}")));
}
