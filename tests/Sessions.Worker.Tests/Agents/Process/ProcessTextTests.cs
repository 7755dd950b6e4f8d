using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>Plain text as output.</summary>
public sealed class ProcessTextTests
{
    [Fact]
    public async Task Output_is_streamed_as_it_comes_and_exit_0_completes()
    {
        await using var process = new ProcessFixture(
            "printf one; until [ -e go ]; do sleep 0.01; done; printf ' two'", ProcessFormat.Text);
        var claim = Given.Claim();
        await process.BeginAsync(claim);
        await process.Connection.Until(() => process.Connection.Lease(claim).Text == "one");
        await File.WriteAllTextAsync(process.PathOf("go"), "");
        await process.Connection.UntilEnded(claim);
        Assert.Equal("one two", process.Connection.Lease(claim).Text);
        Assert.NotNull(process.Connection.Lease(claim).Completion);
    }

    [Fact]
    public async Task Characters_torn_between_writes_are_whole_and_invalid_bytes_are_replaced()
    {
        await using var process = new ProcessFixture(
            """
            printf 'a\303'; touch 1; until [ -e go ]; do sleep 0.01; done
            printf '\244\360\237'; sleep 0.05; printf '\246\234 \377 \303'
            """,
            ProcessFormat.Text);
        var claim = Given.Claim();
        await process.BeginAsync(claim);
        await process.Connection.Until(() => process.Connection.Lease(claim).Text == "a");
        await File.WriteAllTextAsync(process.PathOf("go"), "");
        await process.Connection.UntilEnded(claim);
        Assert.Equal("aä🦜 \uFFFD \uFFFD", process.Connection.Lease(claim).Text);
    }

    [Fact]
    public async Task Another_exit_code_fails_the_run_behind_its_output()
    {
        await using var process = new ProcessFixture("printf part; echo 'out of ideas' >&2; exit 3", ProcessFormat.Text);
        var lease = await process.EndAsync();
        Assert.Equal("part", lease.Text);
        Assert.Equal(RunErrorCodes.WorkerExited, lease.Failure?.Code);
        Assert.Equal("The process exited with code 3. Its standard error ended with: out of ideas", lease.Failure?.Message);
    }

    [Fact]
    public async Task Command_arguments_environment_and_directory_are_passed_on_as_they_are()
    {
        string[] arguments = ["two words", "", "$HOME", "*", "'\"\\", "ü\n🦜", "-c"];
        await using var process = new ProcessFixture(
            folder => new ProcessAgentOptions
            {
                Command = "./show",
                Arguments = arguments,
                WorkingDirectory = folder,
                Environment = new Dictionary<string, string> { ["GREETING"] = "hello  there", ["HOME"] = "", ["EQUALS"] = "a=b" },
                Format = ProcessFormat.Text,
            });
        await WriteProgramAsync(process.PathOf("show"), "#!/bin/sh\nprintf '%s|' \"$@\" \"$GREETING\" \"$HOME\" \"$EQUALS\" \"$PWD\" \"$(umask)\"");
        Assert.Equal(string.Join('|', [.. arguments, "hello  there", "", "a=b", process.Folder, ""]), (await process.EndAsync()).Text[..^5]);
    }

    [Fact]
    public async Task A_name_is_looked_up_on_the_path_of_the_child()
    {
        await using var process = new ProcessFixture(
            folder => new ProcessAgentOptions
            {
                Command = "show",
                Environment = new Dictionary<string, string> { ["PATH"] = $"/nowhere:{folder}:/bin:/usr/bin" },
                Format = ProcessFormat.Text,
            });
        await WriteProgramAsync(process.PathOf("show"), "#!/bin/sh\necho found");
        Assert.Equal("found\n", (await process.EndAsync()).Text);
    }

    /// <summary>Written by another process: while this one has the file open, a child started meanwhile would keep it busy.</summary>
    private static async Task WriteProgramAsync(string path, string text)
    {
        using var writer = System.Diagnostics.Process.Start("sh", ["-c", "printf '%s' \"$1\" > \"$0\" && chmod 755 \"$0\"", path, text]);
        await writer.WaitForExitAsync();
    }
}
