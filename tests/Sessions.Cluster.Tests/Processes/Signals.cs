using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Sessions.Cluster.Tests;

/// <summary>Signals to one process, by its id.</summary>
internal static partial class Signals
{
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;

    public static void SendTerminate(int process) => Send(process, Terminate);

    public static void SendStop(int process) => Send(process, Stop);

    public static void SendContinue(int process) => Send(process, Continue);

    private static void Send(int process, int signal)
    {
        if (Kill(process, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
