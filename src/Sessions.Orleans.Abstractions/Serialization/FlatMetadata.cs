using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>Metadata as they travel: name, value, name, value. A sorted dictionary would take its comparer along.</summary>
internal static class FlatMetadata
{
    /// <summary>Null metadata travel as the default array.</summary>
    public static ImmutableArray<string> Of(ImmutableSortedDictionary<string, string>? metadata) => metadata switch
    {
        null => default,
        { IsEmpty: true } => [],
        _ => [.. metadata.SelectMany(static entry => new[] { entry.Key, entry.Value })],
    };

    public static ImmutableSortedDictionary<string, string>? Read(ImmutableArray<string> flat)
    {
        if (flat.IsDefault)
            return null;

        var metadata = SessionState.NoMetadata;
        for (var i = 0; i < flat.Length; i += 2)
            metadata = metadata.SetItem(flat[i], flat[i + 1]);

        return metadata;
    }
}
