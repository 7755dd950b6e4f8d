using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sessions.Worker;

/// <summary>A pipe between the worker and a child; neither end is passed on to other children.</summary>
internal sealed class SpawnPipe : IDisposable
{
    private SpawnPipe(SafePipeHandle read, SafePipeHandle write) => (Read, Write) = (read, write);

    public SafePipeHandle Read { get; }

    public SafePipeHandle Write { get; }

    /// <exception cref="SpawnException">The process has no file descriptors left.</exception>
    public static unsafe SpawnPipe Open(string command)
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe(ends, Libc.CloseOnExec) != 0)
            throw SpawnException.Of(command, Marshal.GetLastPInvokeError());
        return new SpawnPipe(Above(ends[0]), Above(ends[1]));
    }

    public void Dispose()
    {
        Read.Dispose();
        Write.Dispose();
    }

    /// <summary>Not 0, 1 or 2, which may be free in the worker and are what the child's ends become.</summary>
    private static SafePipeHandle Above(int file)
    {
        if (file > 2)
            return new SafePipeHandle(file, ownsHandle: true);

        var moved = Libc.Control(file, Libc.DuplicateCloseOnExec, 3);
        Libc.Close(file);
        return new SafePipeHandle(moved, ownsHandle: true);
    }
}
