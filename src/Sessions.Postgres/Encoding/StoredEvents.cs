using System.Text.Json;
using System.Text.Json.Serialization;
using Sessions.Core;

namespace Sessions.Postgres;

// What of an event stands in its log row as JSON. The names are the stored format: they do not follow the kernel's.

internal sealed record StoredLifecycle(
    string? Agent, string? Title, Dictionary<string, string>? Metadata, string? AbortKey, AbortReason? AbortReason,
    StoredSnapshot Session);

internal sealed record StoredSnapshot(
    string Agent, string? Title, Dictionary<string, string> Metadata, SessionStatus Status, string? ActiveRun,
    IReadOnlyList<string> QueuedRuns, BindingState Binding, string? BindingAgent, StoredError? LastError, StoredLastRun? LastRun,
    long Generation, DateTimeOffset CreatedAt);

internal sealed record StoredError(string Code, string Message, string Run, DateTimeOffset At);

internal sealed record StoredLastRun(string Run, RunStatus Status, DateTimeOffset EndedAt);

internal sealed record StoredStart(int Attempt, string Worker, long Epoch, DateTimeOffset LeaseExpiresAt, DateTimeOffset Deadline);

internal sealed record StoredRequeue(int Attempt, string Code, string Message, DateTimeOffset QueueDeadline);

internal sealed record StoredTool(string Id, string Name, ToolPhase Phase, string? Arguments, string? Result);

internal sealed record StoredFailure(FailPhase Phase);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(StoredTextConverter)])]
[JsonSerializable(typeof(StoredLifecycle))]
[JsonSerializable(typeof(StoredStart))]
[JsonSerializable(typeof(StoredRequeue))]
[JsonSerializable(typeof(StoredTool))]
[JsonSerializable(typeof(StoredFailure))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class StoredJson : JsonSerializerContext
{
    /// <summary>Written as it is, not as HTML wants it.</summary>
    public static StoredJson Relaxed => Written.Relaxed;

    private static class Written
    {
        public static readonly StoredJson Relaxed = new(new JsonSerializerOptions(Default.Options)
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}

/// <summary>JSON has no half surrogate pairs either.</summary>
internal sealed class StoredTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StoredText.Back(reader.GetString());

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(StoredText.Of(value));

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        StoredText.Back(reader.GetString())!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(StoredText.Of(value));
}
