using System.Text.Json;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>What a child is given, and what it may write.</summary>
public sealed class ProcessReportTests
{
    [Fact]
    public async Task The_claim_comes_as_one_json_line_and_then_standard_input_ends()
    {
        await using var process = new ProcessFixture("cat > input; echo '{\"type\":\"complete\"}'");
        var claim = Given.Claim(text: "Grüße\n\u2028🦜 \"'<>&", history: Given.Message(MessageRoles.Assistant, "before", "r0"));
        await process.EndAsync(claim);

        var input = await File.ReadAllTextAsync(process.PathOf("input"));
        Assert.EndsWith("\n", input, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', input[..^1]);
        var seen = JsonSerializer.Deserialize(input, ProtocolJson.Default.ClaimResource)!;
        Assert.Equal(claim.Run, seen.Run);
        Assert.Equal(claim.Lease, seen.Lease);
        Assert.Equal(claim.Messages, seen.Messages);
        Assert.Equal(claim.Session.Id, seen.Session.Id);
    }

    [Fact]
    public async Task Items_come_in_order_and_the_completion_ends_the_run()
    {
        await using var process = new ProcessFixture(
            """
            cat <<'END'
            {"type":"delta","text":"Gr\u00fc"}
            {"type":"notice","text":"n","unknown":1}

            {"type":"tool","toolCallId":"t","name":"look","phase":"started","arguments":{"a":[1]}}
            {"type":"tool","toolCallId":"t","name":"look","phase":"result","result":"r"}
            {"type":"content","text":"ße"}
            {"type":"complete","usage":{"tokens":3}}
            {"type":"delta","text":"too late"}
            END
            """);
        var lease = await process.EndAsync();

        Assert.Equal(["delta", "notice", "tool", "tool", "content"], lease.Items.Select(item => item.Type));
        Assert.Equal("Grüße", lease.Text);
        Assert.Equal("{\"a\":[1]}", lease.Items[2].Arguments?.GetRawText());
        Assert.Equal("\"r\"", lease.Items[3].Result?.GetRawText());
        Assert.Equal("{\"tokens\":3}", lease.Completion?.Usage?.GetRawText());
        Assert.Null(lease.Completion?.Text);
    }

    [Fact]
    public async Task A_completion_may_name_the_text_up_to_the_limit_of_a_message()
    {
        await using var process = new ProcessFixture(
            "printf '{\"type\":\"complete\",\"text\":\"'; head -c 262144 /dev/zero | tr '\\0' x; printf '\"}'");
        Assert.Equal(Limits.MessageTextBytes, (await process.EndAsync()).Completion?.Text?.Length);
    }

    [Fact]
    public async Task A_failure_has_the_code_and_message_of_the_child()
    {
        await using var process = new ProcessFixture(
            "echo '{\"type\":\"delta\",\"text\":\"part\"}'; echo '{\"type\":\"fail\",\"code\":\"no_quota\",\"message\":\"none left\"}'; exec sleep 1000");
        var lease = await process.EndAsync();
        Assert.Equal(("no_quota", "none left", FailPhases.Run), (lease.Failure!.Code, lease.Failure.Message, lease.Failure.Phase));
        Assert.Equal("part", lease.Text);
    }

    [Theory]
    [InlineData("hello there")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"type\":\"delta\"}")]
    [InlineData("{\"type\":\"delta\",\"text\":null}")]
    [InlineData("{\"type\":\"delta\",\"text\":3}")]
    [InlineData("{\"type\":\"delta\",\"text\":\"\\ud800\"}")]
    [InlineData("{\"type\":\"delta\",\"text\":\"a\"} {\"type\":\"complete\"}")]
    [InlineData("{\"type\":\"dance\",\"text\":\"a\"}")]
    [InlineData("{\"type\":\"tool\",\"toolCallId\":\"t\",\"name\":\"n\"}")]
    [InlineData("{\"type\":\"tool\",\"toolCallId\":\"\",\"name\":\"n\",\"phase\":\"started\"}")]
    [InlineData("{\"type\":\"tool\",\"toolCallId\":\"t\",\"name\":\"n\",\"phase\":\"middle\"}")]
    [InlineData("{\"type\":\"tool\",\"toolCallId\":\"t\",\"name\":\"n\",\"phase\":\"result\",\"result\":[\"\\udc00\"]}")]
    [InlineData("{\"type\":\"complete\",\"usage\":{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}")]
    [InlineData("{\"type\":\"complete\",\"text\":3}")]
    public async Task A_line_that_is_none_ends_the_run(string line)
    {
        await using var process = new ProcessFixture(folder => ProcessFixture.Shell(folder, "") with
        {
            Arguments = ["-c", "echo $$ > group; printf '%s\\n' \"$0\"; exec sleep 1000", line],
        });
        var lease = await process.EndAsync();
        Assert.Equal((WorkerErrorCodes.OutputInvalid, FailPhases.Run), (lease.Failure?.Code, lease.Failure?.Phase));
        Assert.Contains(line, lease.Failure!.Message, StringComparison.Ordinal);
        await Processes.AreGoneAsync(await process.NumberAsync("group"));
    }

    [Theory]
    [InlineData("{\"type\":\"delta\",\"text\":\"", 65537)]
    [InlineData("{\"type\":\"notice\",\"text\":\"", 65537)]
    [InlineData("{\"type\":\"tool\",\"toolCallId\":\"t\",\"name\":\"n\",\"phase\":\"result\",\"result\":\"", 65535)]
    [InlineData("", 104857600)]
    public async Task A_line_or_an_item_over_its_limit_ends_the_run(string before, int length)
    {
        await using var process = new ProcessFixture(
            $"echo $$ > group; printf '%s' '{before}'; head -c {length} /dev/zero | tr '\\0' x; echo '\"}}'; exec sleep 1000");
        var lease = await process.EndAsync();
        Assert.Equal(WorkerErrorCodes.OutputTooLarge, lease.Failure?.Code);
        Assert.Contains("bytes", lease.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(lease.Items);
        await Processes.AreGoneAsync(await process.NumberAsync("group"));
    }

    [Fact]
    public async Task An_item_just_within_the_limit_is_taken()
    {
        await using var process = new ProcessFixture(
            "printf '{\"type\":\"delta\",\"text\":\"'; head -c 65536 /dev/zero | tr '\\0' x; echo '\"}'; echo '{\"type\":\"complete\"}'");
        Assert.Equal(65536, (await process.EndAsync()).Text.Length);
    }
}
