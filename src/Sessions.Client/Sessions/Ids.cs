using System.Buffers;
using Sessions.Protocol;

namespace Sessions.Client;

/// <summary>Ids of sessions and runs.</summary>
internal static class Ids
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    public static string New(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    /// <summary>The id, when it is one and can stand in a path.</summary>
    /// <exception cref="ArgumentException">It is none, or a URL can't name it.</exception>
    public static string Checked(string id, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(id, parameter);
        if (id.Length > Limits.IdLength || id.AsSpan().ContainsAnyExcept(Allowed))
        {
            throw new ArgumentException($"'{id}' is not an id: [A-Za-z0-9._:-]{{1,{Limits.IdLength}}}.", parameter);
        }

        // Dot segments vanish from a URL, and the path of a session "watch" is that of the watch.
        return id is not ("." or ".." or "watch") ? id : throw new ArgumentException($"'{id}' can't be addressed.", parameter);
    }
}
