using System.Text.Json;
using System.Text.Json.Serialization;
using Sessions.Core;

namespace Sessions.Testing;

/// <summary>Values as text: to compare by content what records compare by reference, and to print what a test saw.</summary>
public static class Text
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>A log, a record a line.</summary>
    public static string Lines(IEnumerable<LogRecord> log) => string.Join(
        Environment.NewLine,
        log.Select(record => $"{record.Seq} v{record.Version} {record.Event.GetType().Name} {JsonSerializer.Serialize(record.Event, record.Event.GetType(), Options)}"));
}
