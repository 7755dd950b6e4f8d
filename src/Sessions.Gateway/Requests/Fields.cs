using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Sessions.Core;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Checks fields, and names the one that is wrong.</summary>
internal static class Fields
{
    /// <summary>The one tenant until authentication is configured.</summary>
    public static readonly TenantId Tenant = new("default");

    /// <summary>Ids that a path would read as something else.</summary>
    private static readonly string[] Reserved = ["watch", ".", ".."];

    public static SessionKey Session(string? value, string field = "sid")
    {
        var id = Id(value, field);
        return Reserved.Contains(id)
            ? throw ProblemException.Of(ProblemCodes.InvalidId, $"'{id}' can't be a session's id.", field)
            : new SessionKey(Tenant, new SessionId(id));
    }

    public static RunId Run(string? value, string field = "rid")
    {
        var id = Id(value, field);
        return id is "." or ".."
            ? throw ProblemException.Of(ProblemCodes.InvalidId, $"'{id}' can't be a run's id.", field)
            : new RunId(id);
    }

    public static WorkerId Worker(string? value, string field = "workerId") => new(Id(value, field));

    public static AgentName Agent(string? value, string field = "agent") => new(Id(value, field));

    public static string Text(string? value, string field, int limit, string tooLarge = ProblemCodes.TextTooLarge)
    {
        if (string.IsNullOrEmpty(value))
            throw ProblemException.Invalid(field, $"'{field}' must be a text that is not empty.");

        AtMost(value, field, limit, tooLarge);
        return value;
    }

    public static void AtMost(string value, string field, int limit, string tooLarge)
    {
        if (value.Length > limit || (value.Length > limit / 3 && Encoding.UTF8.GetByteCount(value) > limit))
        {
            throw ProblemException.Of(
                tooLarge, string.Create(CultureInfo.InvariantCulture, $"'{field}' has at most {limit} bytes of UTF-8."), field);
        }
    }

    public static string? Title(string? value)
    {
        if (value is not null)
            AtMost(value, "title", Limits.TitleBytes, ProblemCodes.TextTooLarge);

        return value;
    }

    [return: NotNullIfNotNull(nameof(value))]
    public static string? Key(string? value, string field)
    {
        if (value is null)
            return null;

        return value.Length > 0 && Encoding.UTF8.GetByteCount(value) <= Limits.IdempotencyKeyBytes
            ? value
            : throw ProblemException.Of(
                ProblemCodes.InvalidIdempotencyKey,
                string.Create(CultureInfo.InvariantCulture, $"'{field}' has 1 to {Limits.IdempotencyKeyBytes} bytes of UTF-8."),
                field);
    }

    public static ImmutableSortedDictionary<string, string>? Metadata(IReadOnlyDictionary<string, string?>? value)
    {
        if (value is null)
            return null;

        var bytes = 0;
        var metadata = SessionState.NoMetadata.ToBuilder();
        foreach (var (key, text) in value)
        {
            if (text is null)
                throw ProblemException.Invalid($"metadata.{key}", "Metadata are strings.");

            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(text);
            metadata.Add(key, text);
        }

        return bytes <= Limits.MetadataBytes
            ? metadata.ToImmutable()
            : throw ProblemException.Of(
                ProblemCodes.MetadataTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"Metadata have at most {Limits.MetadataBytes} bytes of UTF-8, keys and values together."),
                "metadata");
    }

    public static double Number(double? value, string field, double least, double most, double byDefault)
    {
        if (value is not { } number)
            return byDefault;

        return number >= least && number <= most
            ? number
            : throw ProblemException.Invalid(
                field, string.Create(CultureInfo.InvariantCulture, $"'{field}' must be between {least} and {most}."));
    }

    public static long Epoch(long? value) =>
        value ?? throw ProblemException.Invalid("epoch", "'epoch' must be the number that the claim gave.");

    private static string Id(string? value, string field) => Identifier.IsValid(value)
        ? value
        : throw ProblemException.Of(ProblemCodes.InvalidId, $"'{field}' must be 1 to 128 of A-Z a-z 0-9 . _ : -", field);
}
