using System.Globalization;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Reads query keys, and the header that stands for one.</summary>
internal static class Query
{
    public const string LastEventId = "Last-Event-ID";

    public static int Limit(string? value) => value is null
        ? Limits.DefaultPageSize
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= Limits.PageSize
            ? limit
            : throw ProblemException.Invalid("limit", string.Create(CultureInfo.InvariantCulture, $"'limit' must be a number from 1 to {Limits.PageSize}."));

    public static TimeSpan Wait(string? value)
    {
        if (value is null)
            return TimeSpan.Zero;

        return double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= Limits.WaitSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw ProblemException.Invalid(
                "waitSeconds", string.Create(CultureInfo.InvariantCulture, $"'waitSeconds' must be a number from 0 to {Limits.WaitSeconds}."));
    }

    /// <summary>
    /// Where to go on from. A browser that reconnects repeats the query's <c>after</c> and adds the newer
    /// <c>Last-Event-ID</c>: the greater one counts.
    /// </summary>
    public static long After(string? after, string? lastEventId) =>
        Math.Max(Seq(after, "after"), Seq(lastEventId, LastEventId));

    public static long Seq(string? value, string field) => value is null
        ? 0
        : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq
            : throw ProblemException.Of(ProblemCodes.InvalidCursor, $"'{field}' must be a seq: a number that is not negative.", field);
}
