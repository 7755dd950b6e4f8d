using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Sessions.Worker;

/// <summary>Waits for children by id, and never for any other: those belong to whoever started them.</summary>
internal static unsafe class ChildWait
{
    private const int InfoBytes = 128;
    private const int CodeExited = 1;

    /// <summary>Blocks until the child has exited, and leaves it to be reaped.</summary>
    public static ChildExit ForExit(int child)
    {
        var info = stackalloc byte[InfoBytes];
        while (Libc.WaitId(Libc.OnePid, child, info, Libc.Exited | Libc.NoWait) != 0)
        {
            // No such child: the process was started with SIGCHLD ignored, and the system reaps by itself.
            if (Marshal.GetLastPInvokeError() != Libc.Intr)
                return default;
        }

        return Read(new ReadOnlySpan<byte>(info, InfoBytes));
    }

    /// <summary>
    /// Reaps the exited child that leads the group, and others of it that came to this process when their parent died, as
    /// happens to process 1 of a container.
    /// </summary>
    public static void Reap(int group)
    {
        int status;
        while (Libc.WaitPid(-group, &status, Libc.NoHang) > 0)
        {
        }
    }

    /// <summary>Of <c>siginfo_t</c>: signal, error, code, then aligned to a pointer: process, user, status.</summary>
    private static ChildExit Read(ReadOnlySpan<byte> info)
    {
        var code = BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
        var status = BinaryPrimitives.ReadInt32LittleEndian(info[((IntPtr.Size == 8 ? 16 : 12) + 8)..]);
        return code == CodeExited ? new ChildExit(status, null) : new ChildExit(null, status);
    }
}
