namespace Sessions.Protocol;

/// <summary>Body of <c>POST /v1/sessions</c>. An existing session agrees when every field given here equals its own.</summary>
public sealed record CreateSessionRequest
{
    /// <summary>The id to use; the server chooses a UUIDv7 when it is null.</summary>
    public string? Id { get; init; }

    /// <summary>The agent for sends that name none; the server's default when null.</summary>
    public string? Agent { get; init; }

    /// <summary>A title for people.</summary>
    public string? Title { get; init; }

    /// <summary>String to string.</summary>
    public IReadOnlyDictionary<string, string?>? Metadata { get; init; }
}

/// <summary>Body of <c>PATCH /v1/sessions/{sid}</c>. What is absent or null stays as it is.</summary>
public sealed record UpdateSessionRequest
{
    /// <summary>The new title; an empty one removes it.</summary>
    public string? Title { get; init; }

    /// <summary>The new metadata, which replaces the old as a whole.</summary>
    public IReadOnlyDictionary<string, string?>? Metadata { get; init; }
}

/// <summary>Body of <c>POST /v1/sessions/{sid}/abort</c>. Without a run or key: every queued run, then the active one.</summary>
public sealed record AbortRequest
{
    /// <summary>The run to abort.</summary>
    public string? RunId { get; init; }

    /// <summary>The key of the send whose run to abort; it may not have arrived yet.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary><c>user</c> (default) or <c>superseded</c>.</summary>
    public string? Reason { get; init; }
}

/// <summary>What an abort did.</summary>
/// <param name="Aborted">The runs that this abort made terminal, queued ones first.</param>
/// <param name="AlreadyTerminal">The named run, when it had ended before.</param>
/// <param name="Pending">True when the named key has not arrived yet; its send will return an aborted run.</param>
public sealed record AbortResponse(IReadOnlyList<string> Aborted, IReadOnlyList<string> AlreadyTerminal, bool Pending);

/// <summary>A page of a list.</summary>
/// <param name="Items">The items, newest first.</param>
/// <param name="NextCursor">Give it as <c>cursor</c> for the next page; null on the last one.</param>
public sealed record SessionPage(IReadOnlyList<SessionResource> Items, string? NextCursor);
