using System.Runtime.InteropServices;
using System.Text;

namespace Sessions.Worker;

/// <summary>
/// Starts processes with <c>posix_spawn</c>: in a session and process group of their own, with default signal dispositions,
/// and with no file descriptors but standard input, output and error. .NET's own way can do none of the three.
/// </summary>
internal static unsafe class Spawner
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    // More than glibc and musl need for any of the structures on any architecture.
    private const int StructureBytes = 1024;
    private const int SignalSetBytes = 128;

    /// <summary>The process id, which is also the group's. Returns once the program runs.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">With the program's name as first.</param>
    /// <param name="environment">All variables, as <c>NAME=value</c>.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="files">What becomes its standard input, output and error; all above 2.</param>
    /// <exception cref="SpawnException">It can't be started.</exception>
    public static int Start(
        string path, IReadOnlyList<string> arguments, IEnumerable<string> environment, string directory,
        (SafeHandle Input, SafeHandle Output, SafeHandle Error) files)
    {
        using var memory = new NativeTexts();
        var actions = stackalloc byte[StructureBytes];
        var attributes = stackalloc byte[StructureBytes];
        Check(Libc.ActionsInit(actions));
        Check(Libc.AttributesInit(attributes));
        try
        {
            Check(Libc.ActionsDuplicate(actions, (int)files.Input.DangerousGetHandle(), 0));
            Check(Libc.ActionsDuplicate(actions, (int)files.Output.DangerousGetHandle(), 1));
            Check(Libc.ActionsDuplicate(actions, (int)files.Error.DangerousGetHandle(), 2));
            CloseOthers(actions);
            Check(Libc.ActionsChangeDirectory(actions, memory.Add(directory)));
            SetSignals(attributes);

            int process;
            Check(Libc.Spawn(
                &process, memory.Add(path), actions, attributes, memory.AddAll(arguments), memory.AddAll(environment)));
            GC.KeepAlive(files);
            return process;
        }
        finally
        {
            _ = Libc.AttributesDestroy(attributes);
            _ = Libc.ActionsDestroy(actions);
        }

        void Check(int error)
        {
            if (error != 0)
                throw SpawnException.Of(path, error);
        }
    }

    /// <summary>Also what a native library opened without close-on-exec, where libc can (glibc 2.34); .NET itself never does.</summary>
    private static void CloseOthers(void* actions)
    {
        try
        {
            _ = Libc.ActionsCloseFrom(actions, 3);
        }
        catch (EntryPointNotFoundException)
        {
        }
    }

    /// <summary>The runtime ignores SIGPIPE and may block others, which a child would inherit.</summary>
    private static void SetSignals(byte* attributes)
    {
        var signals = stackalloc byte[SignalSetBytes];
        new Span<byte>(signals, SignalSetBytes).Clear();
        _ = Libc.AttributesSetMask(attributes, signals);
        new Span<byte>(signals, SignalSetBytes).Fill(0xFF);
        _ = Libc.AttributesSetDefault(attributes, signals);
        _ = Libc.AttributesSetFlags(attributes, SetSignalDefaults | SetSignalMask | SetSession);
    }

    /// <summary>Texts for C, until it is disposed of.</summary>
    private sealed class NativeTexts : IDisposable
    {
        private readonly List<nint> _blocks = [];

        public byte* Add(string text)
        {
            var bytes = Encoding.UTF8.GetByteCount(text);
            var block = (byte*)Allocate(bytes + 1);
            Encoding.UTF8.GetBytes(text, new Span<byte>(block, bytes));
            block[bytes] = 0;
            return block;
        }

        public byte** AddAll(IEnumerable<string> texts)
        {
            var all = texts.ToArray();
            var block = (byte**)Allocate((all.Length + 1) * sizeof(byte*));
            for (var at = 0; at < all.Length; at++)
                block[at] = Add(all[at]);
            block[all.Length] = null;
            return block;
        }

        public void Dispose() => _blocks.ForEach(block => NativeMemory.Free((void*)block));

        private void* Allocate(int bytes)
        {
            var block = NativeMemory.Alloc((nuint)bytes);
            _blocks.Add((nint)block);
            return block;
        }
    }
}
