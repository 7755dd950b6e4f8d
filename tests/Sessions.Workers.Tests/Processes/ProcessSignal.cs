using System.Runtime.InteropServices;

namespace Sessions.Workers.Tests;

/// <summary>What is sent to one process; the numbers are Linux's.</summary>
internal enum ProcessSignal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>Sends signals.</summary>
internal static partial class ProcessSignals
{
    public static void SendTo(this ProcessSignal signal, int process) => Assert.Equal(0, Kill(process, (int)signal));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
