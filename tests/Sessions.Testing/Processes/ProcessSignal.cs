using System.Runtime.InteropServices;

namespace Sessions.Testing;

/// <summary>What is sent to one process; the numbers are Linux's.</summary>
public enum ProcessSignal
{
    /// <summary>Ends it at once.</summary>
    Kill = 9,

    /// <summary>Asks it to end.</summary>
    Terminate = 15,

    /// <summary>Has it go on after a stop.</summary>
    Continue = 18,

    /// <summary>Stops it where it is.</summary>
    Stop = 19,
}

/// <summary>Sends signals.</summary>
public static partial class ProcessSignals
{
    /// <summary>To this process and no other.</summary>
    public static void SendTo(this ProcessSignal signal, int process) => Assert.Equal(0, Kill(process, (int)signal));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
