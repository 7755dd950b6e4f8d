using System.Collections.Immutable;
using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

/// <summary>What was asked for, or why not.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
/// <param name="Value">What was asked for; null when it was refused.</param>
/// <param name="Refusal">Why not; null when it was not refused.</param>
[GenerateSerializer, Immutable, Alias("sessions.reply`1")]
public sealed record Reply<T>(T? Value, Refusal? Refusal)
    where T : class;

/// <summary>A piece of a session's log.</summary>
/// <param name="Records">In order, with gapless seqs; empty at the log's end.</param>
[GenerateSerializer, Immutable, Alias("sessions.reply.log")]
public sealed record LogPage(ImmutableArray<LogRecord> Records);

/// <summary>A page of runs.</summary>
/// <param name="Items">Newest first.</param>
[GenerateSerializer, Immutable, Alias("sessions.reply.runs")]
public sealed record RunPage(ImmutableArray<Run> Items);

/// <summary>A page of sessions.</summary>
/// <param name="Items">Newest change first.</param>
/// <param name="Next">The place to go on from; null on the last page.</param>
[GenerateSerializer, Immutable, Alias("sessions.reply.sessions")]
public sealed record SessionPage(ImmutableArray<SessionSnapshot> Items, string? Next);

/// <summary>The store can't be reached, or the session's owner can't; nothing is known to have changed. Try again.</summary>
[GenerateSerializer, Alias("sessions.unavailable")]
public sealed class SessionsUnavailableException : Exception
{
    /// <summary>Makes one.</summary>
    public SessionsUnavailableException()
        : this("The store is unavailable.")
    {
    }

    /// <summary>Makes one.</summary>
    public SessionsUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one.</summary>
    public SessionsUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>True when the store is there but its queue is full.</summary>
    [Id(0)]
    public bool Busy { get; init; }
}
