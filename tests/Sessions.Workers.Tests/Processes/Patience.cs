namespace Sessions.Workers.Tests;

/// <summary>How long a test waits before it fails.</summary>
internal static class Patience
{
    /// <summary>For what must come; generous, for slow machines.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
}
