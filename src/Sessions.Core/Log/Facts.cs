namespace Sessions.Core;

/// <summary>
/// What a decision needs beside the bounded state: looked up in the store, by what the command names, in the same read
/// as the state. They change only with decisions, so the version fences them too.
/// </summary>
/// <param name="Key">What the command's idempotency key stands for, if it is known.</param>
/// <param name="KeyRun">The run that the key made, if it made one.</param>
/// <param name="NamedRun">The run of the id that the command names, if there is one, terminal or not.</param>
public sealed record Facts(KeyEntry? Key, Run? KeyRun, Run? NamedRun)
{
    /// <summary>Nothing was looked up, or nothing was found.</summary>
    public static Facts None { get; } = new(null, null, null);
}
