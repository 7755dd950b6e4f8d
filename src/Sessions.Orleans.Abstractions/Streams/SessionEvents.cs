using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>What one commit added to a session's log.</summary>
/// <param name="Key">The session.</param>
/// <param name="Records">Its records, in order, with gapless seqs; at least one.</param>
[GenerateSerializer, Immutable, Alias("sessions.events")]
public sealed record SessionEvents(SessionKey Key, ImmutableArray<LogRecord> Records);

/// <summary>Sessions of a tenant that changed, each with how far its log had grown, at least.</summary>
/// <param name="Items">The sessions.</param>
[GenerateSerializer, Immutable, Alias("sessions.changed")]
public sealed record SessionsChanged(ImmutableArray<SessionChanged> Items);

/// <summary>A session that changed: read it to see how it stands.</summary>
/// <param name="Session">The session.</param>
/// <param name="LastSeq">The seq of the newest record when this was sent.</param>
[GenerateSerializer, Immutable, Alias("sessions.change")]
public readonly record struct SessionChanged(SessionId Session, long LastSeq);
