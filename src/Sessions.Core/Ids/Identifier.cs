using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sessions.Core;

/// <summary>The form that all ids share: <c>[A-Za-z0-9._:-]{1,128}</c>, compared to the letter.</summary>
public static class Identifier
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    /// <summary>True when <paramref name="value"/> has the form of an id.</summary>
    public static bool IsValid([NotNullWhen(true)] string? value) =>
        value is { Length: > 0 and <= MaxLength } && !value.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>A new id, unique without coordination and ordered by time (UUIDv7).</summary>
    /// <param name="now">The time to put into it.</param>
    public static string New(DateTimeOffset now) => Guid.CreateVersion7(now).ToString();
}
