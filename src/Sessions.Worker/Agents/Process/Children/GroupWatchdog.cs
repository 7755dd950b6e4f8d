using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sessions.Worker;

/// <summary>
/// Ends the groups of children whose worker died without being able to: killed, crashed, out of memory. A shell reads their
/// ids from a pipe whose other end only this process has; when that closes, it ends those that are left.
/// </summary>
/// <remarks>
/// One for the process, started with the first child and again when it is gone. Without <c>/bin/sh</c> there is none. A
/// worker that is killed in the instant between the start of a child and the note of it leaves that child behind.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class GroupWatchdog
{
    private const string Shell = "/bin/sh";
    private const string Script = """
        groups=
        drop() { kept=; for g in $groups; do [ "$g" = "$1" ] || kept="$kept $g"; done; groups=$kept; }
        while read -r change group; do
          case $change in
            +) groups="$groups $group" ;;
            -) drop "$group" ;;
          esac
        done
        for g in $groups; do kill -s TERM -- "-$g" 2>/dev/null; done
        seconds=5
        while [ -n "$groups" ] && [ "$seconds" -gt 0 ]; do
          sleep 1
          seconds=$((seconds - 1))
          for g in $groups; do kill -s 0 -- "-$g" 2>/dev/null || drop "$g"; done
        done
        for g in $groups; do kill -s KILL -- "-$g" 2>/dev/null; done
        """;

    private readonly Lock _lock = new();
    private readonly HashSet<int> _groups = [];
    private FileStream? _notes;
    private int _process;

    private GroupWatchdog()
    {
    }

    public static GroupWatchdog Shared { get; } = new();

    /// <summary>The watchdog's process; 0 when there is none.</summary>
    internal int Process
    {
        get
        {
            lock (_lock)
                return _process;
        }
    }

    /// <summary>Starts it where it does not run: before a child, since it takes a while.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_notes is null)
                Restart();
        }
    }

    public void Add(int group)
    {
        lock (_lock)
        {
            _groups.Add(group);
            if (!TryNote(Line("+", group)))
                Restart();
        }
    }

    public void Remove(int group)
    {
        lock (_lock)
        {
            _groups.Remove(group);
            TryNote(Line("-", group));
        }
    }

    private void Restart()
    {
        Forget();
        try
        {
            using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
            var pipe = SpawnPipe.Open(Shell);
            using (pipe.Read)
            {
                _notes = new FileStream(Writable(pipe.Write), FileAccess.Write, bufferSize: 0);
                _process = Spawner.Start(
                    Shell, [Shell, "-c", Script, "sessions-watchdog"], ["PATH=/usr/local/bin:/usr/bin:/bin"], "/",
                    (pipe.Read, nothing, nothing));
            }

            if (!TryNote(string.Concat(_groups.Select(id => Line("+", id)))))
                Forget();
        }
        catch (Exception exception) when (exception is SpawnException or IOException or UnauthorizedAccessException)
        {
            Forget();
        }
    }

    private static string Line(string change, int group) => string.Create(CultureInfo.InvariantCulture, $"{change} {group}\n");

    private bool TryNote(string note)
    {
        try
        {
            _notes?.Write(Encoding.ASCII.GetBytes(note));
            return _notes is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private unsafe void Forget()
    {
        _notes?.Dispose();
        _notes = null;
        int status;
        if (_process != 0)
            _ = Libc.WaitPid(_process, &status, Libc.NoHang);
        _process = 0;
    }

    /// <summary>Writing must fail, not wait, when a watchdog was stopped and does not read.</summary>
    private static SafeFileHandle Writable(SafePipeHandle end)
    {
        var file = (int)end.DangerousGetHandle();
        _ = Libc.Control(file, Libc.SetFlags, Libc.Control(file, Libc.GetFlags, 0) | Libc.NonBlocking);
        end.SetHandleAsInvalid();
        return new SafeFileHandle(file, ownsHandle: true);
    }
}
