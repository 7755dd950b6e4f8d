using Sessions.Core;

namespace Sessions.Orleans;

/// <summary>A session's grain key, <c>tenant/session</c>.</summary>
internal static class GrainKey
{
    /// <exception cref="ArgumentException">The text is no such key.</exception>
    public static SessionKey Read(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Identifier.IsValid(text[..slash]) && Identifier.IsValid(text[(slash + 1)..])
            ? new SessionKey(new TenantId(text[..slash]), new SessionId(text[(slash + 1)..]))
            : throw new ArgumentException($"'{text}' is no session's key: tenant/session.", nameof(text));
    }
}
