using System.Text;
using System.Text.Json;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>What agents put out arrives whole, in order, and within the wire's limits.</summary>
public sealed class OutputTests
{
    [Fact]
    public async Task What_gathers_while_a_report_is_in_flight_becomes_the_next_batch()
    {
        var gate = new TaskCompletionSource();
        var inFlight = new TaskCompletionSource();
        var yielded = new TaskCompletionSource();
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, _) => Words()));
        fixture.Connection.Before = async (report, _) =>
        {
            if (report.Output?.Batch == 1)
            {
                inFlight.SetResult();
                await gate.Task;
            }

            return null;
        };
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await yielded.Task.WaitAsync(Eventually.Deadline);
        gate.SetResult();
        await fixture.Connection.UntilEnded(claim);

        var batches = fixture.Connection.Reports.Select(report => report.Output).OfType<OutputRequest>().ToList();
        Assert.Equal([1, 2], batches.Select(batch => batch.Batch!.Value));
        Assert.Equal("0 ", Assert.Single(batches[0].Items!)!.Text);
        Assert.Equal(99, batches[1].Items!.Count);
        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(i => $"{i} ")), fixture.Connection.Lease(claim).Text);

        async IAsyncEnumerable<AgentOutput> Words()
        {
            yield return new AgentOutput.Delta("0 ");
            await inFlight.Task;
            for (var i = 1; i < 100; i++)
                yield return new AgentOutput.Delta($"{i} ");
            yielded.SetResult();
        }
    }

    [Fact]
    public async Task The_agent_waits_while_too_much_is_pending()
    {
        var gate = new TaskCompletionSource();
        var made = 0;
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(new ScriptedAgent((_, _) => Flood()));
        fixture.Connection.Before = async (_, _) =>
        {
            await gate.Task;
            return null;
        };
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Until(() => Volatile.Read(ref made) > 2 * OutputQueue.BatchItems);
        Assert.InRange(Volatile.Read(ref made), 0, 3 * OutputQueue.BatchItems + 2);
        gate.SetResult();
        await fixture.Connection.UntilEnded(claim);
        Assert.Equal(5000, fixture.Connection.Lease(claim).Items.Count);
        Assert.All(fixture.Connection.Reports, report => Assert.InRange(report.Output?.Items!.Count ?? 1, 1, OutputQueue.BatchItems));

        async IAsyncEnumerable<AgentOutput> Flood()
        {
            for (var i = 0; i < 5000; i++)
            {
                Interlocked.Increment(ref made);
                yield return new AgentOutput.Delta("x");
            }

            await Task.CompletedTask;
        }
    }

    public static TheoryData<string> Alphabets => ["a", "é", "語", "😀", "\u0001", "a😀", "\"\n<é", "\uD83D", "😀\uDE00"];

    [Theory]
    [MemberData(nameof(Alphabets))]
    public async Task Long_texts_arrive_whole_and_every_call_is_within_its_limits(string alphabet)
    {
        var text = string.Concat(Enumerable.Repeat(alphabet, 300_000 / alphabet.Length));
        var fixture = await RunAsync(ScriptedAgent.Saying(
            new AgentOutput.Delta(text), new AgentOutput.Content(text), new AgentOutput.Notice(text)));
        var expected = Utf8Text.WellFormed(text);
        Assert.Equal(expected + expected, fixture.Lease.Text);
        Assert.Equal(expected, string.Concat(fixture.Lease.Items.Where(item => item.Type == "notice").Select(item => item.Text)));
        AssertWithinLimits(fixture.Reports);
    }

    [Fact]
    public async Task A_block_within_the_limit_stays_one_block()
    {
        var (lease, _) = await RunAsync(ScriptedAgent.Saying(new AgentOutput.Content(new string('x', 60_000))));
        Assert.Equal(OutputTypes.Content, Assert.Single(lease.Items).Type);
    }

    [Fact]
    public async Task A_pair_torn_apart_between_deltas_is_joined()
    {
        var (lease, _) = await RunAsync(ScriptedAgent.Saying(
            ScriptedAgent.Delta("a\uD83D"), ScriptedAgent.Delta(""), ScriptedAgent.Delta("\uDE00b\uD83D"),
            new AgentOutput.Notice("n"), ScriptedAgent.Delta("\uD83D")));
        Assert.Equal("a😀b\uFFFD\uFFFD", lease.Text);
        Assert.DoesNotContain(lease.Items, item => item.Text == "");
    }

    [Theory]
    [InlineData(100, 100_000)]
    [InlineData(100_000, 100)]
    [InlineData(40_000, 40_000)]
    [InlineData(200_000, 200_000)]
    public async Task A_tool_item_over_the_limit_says_that_it_is_cut(int arguments, int result)
    {
        var (lease, reports) = await RunAsync(ScriptedAgent.Saying(new AgentOutput.Tool(
            "call", "tool", ToolPhases.Result, Json(arguments), Json(result))));
        var item = Assert.Single(lease.Items);
        Assert.Equal(("call", "tool", "result"), (item.ToolCallId, item.Name, item.Phase));
        AssertCut(arguments, item.Arguments!.Value);
        AssertCut(result, item.Result!.Value);
        AssertWithinLimits(reports);

        static JsonElement Json(int length) => JsonSerializer.SerializeToElement(new string('é', length / 2));

        static void AssertCut(int length, JsonElement value)
        {
            if (length < 31_000)
                Assert.Equal(length / 2, value.GetString()!.Length);
            else
                Assert.True(value.GetProperty("truncated").GetBoolean());
        }
    }

    [Fact]
    public async Task A_tool_item_within_the_limit_arrives_as_it_is()
    {
        var arguments = JsonSerializer.SerializeToElement(new { path = "/x", depth = 1 });
        var (lease, _) = await RunAsync(ScriptedAgent.Saying(new AgentOutput.Tool("c1", "ls", ToolPhases.Started, arguments)));
        var item = Assert.Single(lease.Items);
        Assert.Equal(arguments.GetRawText(), item.Arguments!.Value.GetRawText());
        Assert.Null(item.Result);
    }

    [Fact]
    public async Task A_completion_over_the_limit_is_streamed_when_nothing_was()
    {
        var text = new string('x', Limits.MessageTextBytes + 1);
        var (lease, _) = await RunAsync(ScriptedAgent.Saying(new AgentOutput.Completion(text)));
        Assert.Equal(text, lease.Text);
        Assert.Null(lease.Completion!.Text);
    }

    [Fact]
    public async Task A_completion_over_the_limit_that_would_replace_text_fails_the_run()
    {
        var (lease, _) = await RunAsync(ScriptedAgent.Saying(
            new AgentOutput.Delta("draft"), new AgentOutput.Completion(new string('x', Limits.MessageTextBytes + 1))));
        Assert.Equal(WorkerErrorCodes.OutputTooLarge, lease.Failure!.Code);
    }

    private static async Task<(LeaseState Lease, IReadOnlyList<Report> Reports)> RunAsync(IAgent agent)
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(agent);
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Connection.UntilEnded(claim);
        return (fixture.Connection.Lease(claim), fixture.Connection.Reports);
    }

    private static void AssertWithinLimits(IReadOnlyList<Report> reports)
    {
        foreach (var output in reports.Select(report => report.Output).OfType<OutputRequest>())
        {
            Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(output, ProtocolJson.Default.OutputRequest).Length, 1, Limits.BodyBytes);
            Assert.All(output.Items!, item => Assert.InRange(Bytes(item!), 1, Limits.OutputItemBytes));
        }

        static int Bytes(OutputItem item) => new[]
        {
            item.Type, item.Text, item.ToolCallId, item.Name, item.Phase, item.Arguments?.GetRawText(), item.Result?.GetRawText(),
        }.Sum(text => Encoding.UTF8.GetByteCount(text ?? ""));
    }
}
