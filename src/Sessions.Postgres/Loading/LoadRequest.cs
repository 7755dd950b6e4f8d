using Sessions.Core;

namespace Sessions.Postgres;

/// <summary>Asks for a session, and for what the store knows about a key and a run of it.</summary>
internal readonly record struct LoadRequest(SessionKey Key, string? IdempotencyKey, RunId? Run);
