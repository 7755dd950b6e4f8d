using System.Diagnostics;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>Every way in which a child may end, or not: one report, the right code, nothing left over.</summary>
public sealed class ProcessExitTests
{
    [Theory]
    [InlineData("exit 0", "The process exited with code 0 without a report.")]
    [InlineData("exit 7", "The process exited with code 7 without a report.")]
    [InlineData("kill -KILL $$", "The process was killed by signal 9 (SIGKILL) without a report.")]
    [InlineData("kill -SEGV $$", "The process was killed by signal 11 (SIGSEGV) without a report.")]
    [InlineData("echo oops >&2; echo '  twice' >&2; exit 1",
        "The process exited with code 1 without a report. Its standard error ended with: oops twice")]
    public async Task An_exit_without_a_report_fails_the_run_whatever_the_code(string script, string message)
    {
        await using var process = new ProcessFixture(script);
        var lease = await process.EndAsync();
        Assert.Equal(RunErrorCodes.WorkerExited, lease.Failure?.Code);
        Assert.Equal(FailPhases.Run, lease.Failure?.Phase);
        Assert.Equal(message, lease.Failure?.Message);
    }

    [Fact]
    public async Task Output_before_such_an_exit_counts()
    {
        await using var process = new ProcessFixture("echo '{\"type\":\"delta\",\"text\":\"part\"}'; printf '{\"type\":\"delta\",\"text\":\" two\"}'; exit 0");
        var lease = await process.EndAsync();
        Assert.Equal(("part two", RunErrorCodes.WorkerExited), (lease.Text, lease.Failure?.Code));
    }

    [Theory]
    [InlineData("no-such-program-here", "there is no such program on the PATH")]
    [InlineData("/no/such/program", "No such file or directory")]
    [InlineData("/etc/passwd", "Permission denied")]
    [InlineData("/tmp", "Permission denied")]
    public async Task A_command_that_can_not_be_started_is_a_start_failure(string command, string reason)
    {
        await using var process = new ProcessFixture(folder => new ProcessAgentOptions { Command = command, WorkingDirectory = folder });
        var lease = await process.EndAsync();
        Assert.Equal((RunErrorCodes.StartFailed, FailPhases.Start), (lease.Failure?.Code, lease.Failure?.Phase));
        Assert.Contains($"'{command}' can't be started", lease.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains(reason, lease.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_is_a_directory_that_is_not_there()
    {
        await using var process = new ProcessFixture(folder => new ProcessAgentOptions { Command = "true", WorkingDirectory = folder + "/gone" });
        Assert.Contains("there is no directory", (await process.EndAsync()).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_does_not_read_a_big_claim_holds_up_nothing()
    {
        await using var process = new ProcessFixture("echo '{\"type\":\"complete\",\"text\":\"done\"}'");
        Assert.Equal("done", (await process.EndAsync(Given.Claim(text: new string('x', 250_000)))).Completion?.Text);
        await using var sleeper = new ProcessFixture("echo $$ > group; echo '{\"type\":\"delta\",\"text\":\"up\"}'; exec sleep 1000");
        var claim = Given.Claim(text: new string('x', 250_000));
        await sleeper.BeginAsync(claim);
        await sleeper.Connection.Until(() => sleeper.Connection.Lease(claim).Text == "up");
        sleeper.Connection.Signal(claim);
        await sleeper.FreeAsync();
        await Processes.AreGoneAsync(await sleeper.NumberAsync("group"));
    }

    [Fact]
    public async Task A_child_that_closes_its_output_and_lives_on_is_ended_and_has_exited()
    {
        await using var process = new ProcessFixture("echo $$ > group; echo why >&2; exec sleep 1000 >&-");
        var lease = await process.EndAsync();
        Assert.Equal(RunErrorCodes.WorkerExited, lease.Failure?.Code);
        Assert.Equal(
            "The process closed its standard output and did not exit within 5 s without a report. Its standard error ended with: why",
            lease.Failure?.Message);
        await Processes.AreGoneAsync(await process.NumberAsync("group"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("> /dev/null 2>&1", "")]
    [InlineData("", "trap '' TERM;")]
    public async Task A_grandchild_is_gone_after_the_childs_exit_and_does_not_delay_the_report(string redirection, string trap)
    {
        await using var process = new ProcessFixture(
            $"echo $$ > group; ({trap} sleep 1000; sleep 1000) {redirection} & echo '{{\"type\":\"delta\",\"text\":\"x\"}}'; date +%s%N > ended; exit 0");
        var claim = Given.Claim();
        await process.BeginAsync(claim);
        await process.Connection.UntilEnded(claim);
        var reportedAfter = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()
            - (long.Parse(await File.ReadAllTextAsync(process.PathOf("ended")), null) / 1_000_000);
        Assert.Equal(("x", RunErrorCodes.WorkerExited), (process.Connection.Lease(claim).Text, process.Connection.Lease(claim).Failure?.Code));
        Assert.True(reportedAfter < 3000, $"Reported {reportedAfter} ms after the exit; a SIGKILL comes after 5 s.");
        await process.FreeAsync();
        await Processes.AreGoneAsync(await process.NumberAsync("group"));
        Assert.Single(process.Connection.Terminals);
    }

    [Fact]
    public async Task A_child_that_has_reported_may_exit_by_itself()
    {
        await using var process = new ProcessFixture("echo '{\"type\":\"complete\"}'; echo more; sleep 0.3; touch tidied");
        await process.EndAsync();
        Assert.True(File.Exists(process.PathOf("tidied")));
    }

    [Theory]
    [InlineData("sleep 1000 & sleep 1000; wait")]
    [InlineData("(trap '' TERM; sleep 1000; sleep 1000) & wait")]
    [InlineData("trap '' TERM; sleep 1000; sleep 1000; sleep 1000")]
    [InlineData("trap '' TERM; while :; do echo '{\"type\":\"delta\",\"text\":\"x\"}'; done")]
    [InlineData("kill -STOP $$")]
    public async Task Abort_ends_the_whole_group_also_when_it_ignores_sigterm(string script)
    {
        await using var process = new ProcessFixture($"echo '{{\"type\":\"delta\",\"text\":\"up\"}}'; echo $$ > group; {script}");
        var claim = Given.Claim();
        await process.BeginAsync(claim);
        var group = await process.NumberAsync("group");
        Assert.NotEmpty(Processes.OfGroup(group));
        var from = Stopwatch.GetTimestamp();
        process.Connection.Signal(claim);
        await Processes.AreGoneAsync(group);
        Assert.True(Stopwatch.GetElapsedTime(from) < TimeSpan.FromSeconds(12), $"It took {Stopwatch.GetElapsedTime(from)}.");
        await process.FreeAsync();
        Assert.Empty(process.Connection.Terminals);
    }

    [Fact]
    public async Task Sigterm_comes_at_once_and_a_child_may_heed_it()
    {
        await using var process = new ProcessFixture(
            "trap 'touch heard; exit 0' TERM; echo '{\"type\":\"delta\",\"text\":\"up\"}'; while :; do sleep 0.01; done");
        var claim = Given.Claim();
        await process.BeginAsync(claim);
        await process.Connection.Until(() => process.Connection.Lease(claim).Text == "up");
        process.Connection.Signal(claim);
        await process.FreeAsync();
        Assert.True(File.Exists(process.PathOf("heard")));
    }

    [Fact]
    public async Task The_next_run_starts_after_each_bad_end()
    {
        await using var process = new ProcessFixture(
            "read -r claim; case $claim in *bad*) exit 7;; *) echo '{\"type\":\"complete\",\"text\":\"fine\"}';; esac", maxConcurrency: 1);
        var bad = Given.Claim("r1", "s1", text: "bad");
        var good = Given.Claim("r2", "s2", text: "good");
        process.Connection.Queue(bad);
        await process.EndAsync(good);
        Assert.Equal("fine", process.Connection.Lease(good).Completion?.Text);
        Assert.Equal(RunErrorCodes.WorkerExited, process.Connection.Lease(bad).Failure?.Code);
        Assert.Equal(2, process.Connection.Terminals.Count);
    }
}
