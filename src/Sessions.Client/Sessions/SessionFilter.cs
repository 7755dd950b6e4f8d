using System.Globalization;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>Which sessions to list; all of them when nothing is set.</summary>
public sealed record SessionFilter
{
    /// <summary>One of <see cref="SessionStatuses"/>, or null for any.</summary>
    public string? Status { get; init; }

    /// <summary>True for those with a queued or running run, false for those without, null for both.</summary>
    public bool? Active { get; init; }

    /// <summary>The agent's name, or null for any.</summary>
    public string? Agent { get; init; }

    /// <summary>How many to fetch at a time, 1 to 1000; 100 when null.</summary>
    public int? PageSize { get; init; }

    internal string ToPath(string? cursor) => Paths.Sessions + Paths.Query(
        ("status", Status),
        ("active", Active switch { true => "true", false => "false", null => null }),
        ("agent", Agent),
        ("limit", PageSize?.ToString(CultureInfo.InvariantCulture)),
        ("cursor", cursor));
}
