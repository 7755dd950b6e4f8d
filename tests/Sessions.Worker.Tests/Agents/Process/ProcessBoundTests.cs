using System.Globalization;
using System.Runtime.InteropServices;

namespace Sessions.Worker.Tests;

/// <summary>What a child inherits, and what it may cost.</summary>
public sealed partial class ProcessBoundTests
{
    [Fact]
    public async Task A_child_leads_a_group_and_has_no_files_but_three_and_no_ignored_signals()
    {
        var ends = new int[2];
        Assert.Equal(0, Pipe(ends));
        try
        {
            await using var process = new ProcessFixture(
                "echo $$; ps -o pgid= -o sid= -p $$; ls /proc/$$/fd | tr '\\n' ' '; echo; exec grep -E 'SigBlk|SigIgn' /proc/self/status", ProcessFormat.Text);
            var lines = (await process.EndAsync()).Text.Split('\n');
            Assert.Equal([lines[0], lines[0]], lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            Assert.Equal("0 1 2", lines[2].Trim());
            Assert.All(lines[3..5], line => Assert.EndsWith("\t0000000000000000", line, StringComparison.Ordinal));
        }
        finally
        {
            Assert.All(ends, end => Assert.Equal(0, Close(end)));
        }
    }

    [Fact]
    public async Task A_hundred_megabytes_wait_in_the_pipe_while_the_control_plane_is_slow()
    {
        // The child counts what it got rid of; its writes block once the pipe and the worker's queue are full.
        await using var process = new ProcessFixture(
            """
            echo $$ > group
            line=$(head -c 60000 /dev/zero | tr '\0' x)
            n=0; while [ $n -lt 1700 ]; do printf '{"type":"delta","text":"%s"}\n' "$line"; n=$((n+1)); echo $n > written; done
            echo '{"type":"complete","text":"all"}'
            """);
        var slow = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        process.Connection.Before = async (report, _) =>
        {
            if (report.Output is not null)
            {
                held.TrySetResult();
                await slow.Task;
            }

            return null;
        };
        var claim = Given.Claim(ttlSeconds: 3);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await process.BeginAsync(claim);
        await held.Task;

        // Three heartbeats long nothing goes on but they.
        await process.Connection.Until(() => process.Connection.Heartbeats >= 2);
        var written = await process.NumberAsync("written");
        Assert.InRange(written, 1, 60);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 30_000_000);
        Assert.Empty(process.Connection.Terminals);

        process.Connection.Before = (_, _) => Task.FromResult<ReportResult?>(null);
        slow.SetResult();
        await process.Connection.UntilEnded(claim);
        Assert.Equal("all", process.Connection.Lease(claim).Completion?.Text);
        Assert.Equal(1700L * 60000, process.Connection.Lease(claim).Items.Sum(item => (long)item.Text!.Length));
        Assert.Single(process.Connection.Terminals);
    }

    [Fact]
    public async Task Much_on_standard_error_is_read_and_its_end_is_kept()
    {
        await using var process = new ProcessFixture(
            "head -c 50000000 /dev/zero | tr '\\0' e >&2; printf 'ä%.0s' $(seq 3000) >&2; printf ' the end' >&2; exit 1");
        var message = (await process.EndAsync()).Failure!.Message!;
        Assert.StartsWith("The process exited with code 1 without a report. Its standard error ended with: …ää", message, StringComparison.Ordinal);
        Assert.EndsWith("ä the end", message, StringComparison.Ordinal);
        Assert.DoesNotContain("\uFFFD", message, StringComparison.Ordinal);
        Assert.True(message.Length < ErrorTail.Bytes + 200);
    }

    [Fact]
    public async Task Nothing_is_left_open_after_many_runs()
    {
        await using var process = new ProcessFixture("exit 7", maxConcurrency: 8);
        await process.EndAsync(Given.Claim("first", "first"));
        var files = OpenFiles();
        var claims = Enumerable.Range(0, 60).Select(at => Given.Claim($"r{at}", $"s{at}")).ToArray();
        foreach (var claim in claims)
            process.Connection.Queue(claim);
        await process.Connection.Until(() => process.Connection.Terminals.Count == 61);
        await process.FreeAsync();
        var zombies = Zombies();
        Assert.InRange(OpenFiles(), 0, files + 20);
        Assert.True(zombies == 0, $"{zombies} children are not reaped.");
    }

    [Fact]
    public async Task A_watchdog_that_was_killed_is_started_again_with_the_next_child()
    {
        await using var process = new ProcessFixture("exit 7");
        await process.EndAsync(Given.Claim("r1", "s1"));
        var first = GroupWatchdog.Shared.Process;
        Assert.Equal(0, Libc.Kill(first, Libc.SigKill));
        await Processes.AreGoneAsync(first);
        for (var at = 2; GroupWatchdog.Shared.Process == first; at++)
        {
            Assert.True(at < 5, "It is not started again.");
            await process.EndAsync(Given.Claim($"r{at}", $"s{at}"));
        }

        Assert.NotEmpty(Processes.OfGroup(GroupWatchdog.Shared.Process));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("a\0b", null)]
    [InlineData("a", "A=B")]
    [InlineData("a", "")]
    public void Options_that_no_process_can_have_are_refused(string command, string? variable)
    {
        var options = new ProcessAgentOptions
        {
            Command = command,
            Environment = variable is null ? [] : new Dictionary<string, string> { [variable] = "" },
        };
        Assert.Throws<ArgumentException>(() => new ProcessAgent(options, TimeProvider.System));
    }

    private static int OpenFiles() => Directory.GetFiles($"/proc/{Environment.ProcessId}/fd").Length;

    /// <summary>Exited children of this process; other tests have children of .NET's, which are reaped a moment later.</summary>
    private static int Zombies() => Directory.EnumerateDirectories("/proc")
        .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
        .Count(folder =>
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return fields[0] == "Z" && fields[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture) && stat.Contains("(sh)", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        });

    /// <summary>Without close-on-exec, as a native library might.</summary>
    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int Pipe(int[] ends);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
