namespace Sessions.Core;

/// <summary>What an idempotency key of a session stands for, for the session's life. Keeps invariants 14, 17 and 18.</summary>
/// <param name="Key">The key.</param>
public abstract record KeyEntry(string Key);

/// <summary>The key's send has arrived.</summary>
/// <param name="Key">The key.</param>
/// <param name="Run">The one run that it made.</param>
/// <param name="Fingerprint">The hash of its payload.</param>
public sealed record KeyOfRun(string Key, RunId Run, string Fingerprint) : KeyEntry(Key);

/// <summary>The key was aborted before its send arrived.</summary>
/// <param name="Key">The key.</param>
/// <param name="Reason">Why.</param>
public sealed record PendingAbort(string Key, AbortReason Reason) : KeyEntry(Key);
