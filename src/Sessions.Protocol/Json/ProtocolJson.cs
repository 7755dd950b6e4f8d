using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sessions.Protocol;

/// <summary>The JSON of the wire: camelCase, UTC times, unknown fields ignored.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    Converters = [typeof(UtcConverter)],
    NumberHandling = JsonNumberHandling.Strict,
    AllowDuplicateProperties = true)]
[JsonSerializable(typeof(CreateSessionRequest))]
[JsonSerializable(typeof(UpdateSessionRequest))]
[JsonSerializable(typeof(AbortRequest))]
[JsonSerializable(typeof(AbortResponse))]
[JsonSerializable(typeof(SessionResource))]
[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(SendResponse))]
[JsonSerializable(typeof(RunResource))]
[JsonSerializable(typeof(RunPage))]
[JsonSerializable(typeof(MessageList))]
[JsonSerializable(typeof(EventResource))]
[JsonSerializable(typeof(SynchronizedResource))]
[JsonSerializable(typeof(EndResource))]
[JsonSerializable(typeof(ClaimRequest))]
[JsonSerializable(typeof(ClaimResponse))]
[JsonSerializable(typeof(LeaseResponse))]
[JsonSerializable(typeof(AbortSignal))]
[JsonSerializable(typeof(OutputRequest))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(CompleteRequest))]
[JsonSerializable(typeof(FailRequest))]
[JsonSerializable(typeof(AgentList))]
[JsonSerializable(typeof(Problem))]
public sealed partial class ProtocolJson : JsonSerializerContext;
