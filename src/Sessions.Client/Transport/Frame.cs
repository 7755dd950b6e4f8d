using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sessions.Client;

/// <summary>One frame of a stream as it came.</summary>
/// <param name="Event">The frame's <c>event</c>.</param>
/// <param name="Id">The frame's <c>id</c>, or null.</param>
/// <param name="Data">The frame's <c>data</c>.</param>
internal sealed record Frame(string Event, string? Id, byte[] Data)
{
    /// <summary>The data, or null when it is not what the frame's name promises.</summary>
    public T? Read<T>(JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Data, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
