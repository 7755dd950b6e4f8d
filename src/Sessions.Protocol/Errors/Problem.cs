using System.Text.Json.Serialization;

namespace Sessions.Protocol;

/// <summary>An error as <c>application/problem+json</c> (RFC 9457) with a stable code.</summary>
public sealed record Problem
{
    /// <summary>A URI that names the kind of problem: <c>urn:sessions:</c> and the code.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of problem, for people.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong with this request, for people.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    /// <summary>One of <see cref="ProblemCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>The field, header or query key that is wrong, when one is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Field { get; init; }

    /// <summary>With <c>lease_lost</c>: the run's status now.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RunStatus { get; init; }
}
