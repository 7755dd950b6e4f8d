namespace Sessions.Load;

/// <summary>How the load's own process is set up.</summary>
internal static class LoadProcess
{
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Has sockets continue on the thread that polls them: thousands of small reads then cost the load less, and leave more
    /// to the server that is measured. To be called before the first socket is made.
    /// </summary>
    public static void Prepare() => Environment.SetEnvironmentVariable(InlineCompletions, "1");
}
