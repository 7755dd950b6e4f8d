using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sessions.Protocol;

namespace Sessions.Cluster.Tests;

/// <summary>A definite answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="Replica">Who answered.</param>
/// <param name="Asked">The moment at which the answered attempt was made.</param>
/// <param name="Unanswered">How many attempts before may have arrived all the same.</param>
internal sealed record Answer(int Status, byte[] Body, int Replica, long Asked, int Unanswered)
{
    /// <summary>The problem's code; null when it is none.</summary>
    public string? Code => Status >= 400 ? Problem?.Code : null;

    public Problem? Problem => Status >= 400 && Body.Length > 0 ? Read(ProtocolJson.Default.Problem) : null;

    public T Read<T>(JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(Body, type) ?? throw new JsonException("The body is null.");

    public override string ToString() => $"{Status} {System.Text.Encoding.UTF8.GetString(Body)} from replica {Replica}";
}
