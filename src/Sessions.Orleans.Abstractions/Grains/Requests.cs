using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>A message to send.</summary>
/// <param name="Text">What is said, at most 256 KiB.</param>
[GenerateSerializer, Immutable, Alias("sessions.request.send")]
public sealed record SendRequest(string Text)
{
    /// <summary>The id that the run gets; a new one when null.</summary>
    [Id(0)]
    public RunId? RunId { get; init; }

    /// <summary>The agent that is to answer; the session's own when null.</summary>
    [Id(1)]
    public AgentName? Agent { get; init; }

    /// <summary>Makes the send idempotent, at most 256 bytes.</summary>
    [Id(2)]
    public string? IdempotencyKey { get; init; }

    /// <summary>What to do when the session has a run.</summary>
    [Id(3)]
    public IfBusy IfBusy { get; init; }

    /// <summary>How long one attempt may take; the configured time when null.</summary>
    [Id(4)]
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often it may be started when workers are lost.</summary>
    [Id(5)]
    public int MaxAttempts { get; init; } = 1;
}

/// <summary>What a session is to be created with.</summary>
/// <param name="Agent">The agent for sends that name none; the default when null.</param>
/// <param name="Title">A title for people.</param>
/// <param name="Metadata">The client's own data; none when null.</param>
[GenerateSerializer, Immutable, Alias("sessions.request.create")]
public sealed record CreateRequest(AgentName? Agent = null, string? Title = null, ImmutableDictionary<string, string>? Metadata = null);

/// <summary>Which run to abort; every run of the session when nothing is named.</summary>
/// <param name="RunId">The run.</param>
/// <param name="IdempotencyKey">The key of the send whose run it is; it may not have arrived yet.</param>
[GenerateSerializer, Immutable, Alias("sessions.request.abort")]
public sealed record AbortRequest(RunId? RunId = null, string? IdempotencyKey = null);

/// <summary>Which sessions of a tenant to list.</summary>
/// <param name="Status">Only those that stand so.</param>
/// <param name="Active">Only those with, or without, a queued or running run.</param>
/// <param name="Agent">Only those of this agent.</param>
/// <param name="Limit">The page's size.</param>
/// <param name="Cursor">The place to go on from, as the page before gave it.</param>
[GenerateSerializer, Immutable, Alias("sessions.request.list")]
public sealed record ListRequest(
    SessionStatus? Status = null, bool? Active = null, AgentName? Agent = null, int Limit = 100, string? Cursor = null);
