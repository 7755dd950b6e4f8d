using System.Text;
using System.Text.Json;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

/// <summary>Whatever an agent does, its run ends in exactly one terminal report.</summary>
public sealed class AgentOutcomeTests
{
    [Fact]
    public async Task A_run_is_answered_and_completed_once()
    {
        var claim = Given.Claim(text: "  to be  or not\nto be ");
        await using var fixture = new WorkerFixture(new EchoAgent(TimeSpan.Zero, TimeProvider.System));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Connection.UntilEnded(claim);

        Assert.Equal(claim.Run.Input.Text, fixture.Connection.Lease(claim).Text);
        Assert.Null(fixture.Connection.Lease(claim).Completion!.Text);
        await fixture.Until(() => fixture.Worker.RunCount == 0);
        Assert.Single(fixture.Connection.Terminals);
    }

    [Fact]
    public async Task An_agent_without_output_completes_its_run()
    {
        var (lease, _) = await RunAsync(ScriptedAgent.Saying());
        Assert.Empty(lease.Items);
        Assert.NotNull(lease.Completion);
    }

    [Fact]
    public async Task A_completion_is_the_last_thing_and_carries_text_and_usage()
    {
        var usage = JsonDocument.Parse("""{"totalTokens":5}""").RootElement;
        var (lease, _) = await RunAsync(ScriptedAgent.Saying(
            new AgentOutput.Delta("draft"), new AgentOutput.Completion("final", usage), new AgentOutput.Delta("late")));
        Assert.Equal("draft", lease.Text);
        Assert.Equal("final", lease.Completion!.Text);
        Assert.Equal(5, lease.Completion.Usage!.Value.GetProperty("totalTokens").GetInt32());
    }

    [Theory]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public async Task A_usage_that_is_no_object_is_left_out(string json)
    {
        var (lease, _) = await RunAsync(ScriptedAgent.Saying(
            new AgentOutput.Completion(null, JsonDocument.Parse(json).RootElement)));
        Assert.Null(lease.Completion!.Usage);
    }

    [Fact]
    public async Task A_usage_over_its_limit_is_left_out()
    {
        var usage = JsonSerializer.SerializeToElement(new { text = new string('x', Limits.UsageBytes) });
        var (lease, _) = await RunAsync(ScriptedAgent.Saying(new AgentOutput.Completion(null, usage)));
        Assert.Null(lease.Completion!.Usage);
    }

    public static TheoryData<string> Misbehaviours => [.. Broken.Keys];

    private static readonly Dictionary<string, IAgent> Broken = new()
    {
        ["throws at once"] = new ScriptedAgent((_, _) => throw new InvalidOperationException("boom")),
        ["throws in the stream"] = new ScriptedAgent((_, _) => Throwing(new InvalidOperationException("boom"))),
        ["cancels itself"] = new ScriptedAgent((_, _) => Throwing(new OperationCanceledException("boom"))),
        ["cancels itself as a task"] = new ScriptedAgent((_, _) => Throwing(new TaskCanceledException("boom"))),
        ["returns null"] = new ScriptedAgent((_, _) => null),
        ["returns no enumerator"] = new ScriptedAgent((_, _) => new OddStream(null)),
        ["yields null"] = ScriptedAgent.Saying(new AgentOutput.Delta("x"), null),
        ["yields a delta without text"] = ScriptedAgent.Saying(new AgentOutput.Delta(null!)),
        ["yields a tool without a name"] = ScriptedAgent.Saying(new AgentOutput.Tool("c", null!, ToolPhases.Started)),
        ["yields a tool in no phase"] = ScriptedAgent.Saying(new AgentOutput.Tool("c", "n", "middle")),
        ["throws when moved"] = new ScriptedAgent((_, _) => new OddStream(new OddEnumerator())),
        ["yields a disposed document"] = ScriptedAgent.Saying(new AgentOutput.Tool("c", "n", "started", Disposed())),
    };

    [Theory]
    [MemberData(nameof(Misbehaviours))]
    public async Task An_agent_that_misbehaves_fails_its_run_once(string how)
    {
        var (lease, terminals) = await RunAsync(Broken[how]);
        Assert.Equal(RunErrorCodes.AgentError, lease.Failure!.Code);
        Assert.NotEmpty(lease.Failure.Message!);
        Assert.Equal(1, terminals);
    }

    [Fact]
    public async Task What_was_put_out_before_a_failure_is_kept()
    {
        var (lease, _) = await RunAsync(new ScriptedAgent((_, _) => Throwing(new InvalidOperationException("boom"))));
        Assert.Equal("partial", lease.Text);
        Assert.Equal("boom", lease.Failure!.Message);
        Assert.Equal(FailPhases.Run, lease.Failure.Phase);
    }

    [Fact]
    public async Task An_agent_fails_its_run_with_its_own_code_and_phase()
    {
        var (lease, _) = await RunAsync(new ScriptedAgent((_, _) => throw new AgentException("no_model", "gone\n\tfor good", "start")));
        Assert.Equal(("no_model", "gone for good", "start"), (lease.Failure!.Code, lease.Failure.Message, lease.Failure.Phase));
    }

    [Fact]
    public async Task Codes_and_messages_are_brought_within_their_limits()
    {
        var message = string.Concat(Enumerable.Repeat("é\r\n😀", 5000));
        var (lease, _) = await RunAsync(new ScriptedAgent((_, _) => throw new AgentException(new string('c', 100), message, "odd")));
        Assert.Equal(Limits.ErrorCodeLength, lease.Failure!.Code!.Length);
        Assert.InRange(Encoding.UTF8.GetByteCount(lease.Failure.Message!), Limits.ErrorMessageBytes - 4, Limits.ErrorMessageBytes);
        Assert.DoesNotContain('\n', lease.Failure.Message!);
        Assert.DoesNotContain('\uFFFD', lease.Failure.Message!);
        Assert.Equal(FailPhases.Run, lease.Failure.Phase);
    }

    [Fact]
    public async Task An_empty_code_and_message_are_made_up_for()
    {
        var (lease, _) = await RunAsync(new ScriptedAgent((_, _) => throw new AgentException("", " \n")));
        Assert.Equal(RunErrorCodes.AgentError, lease.Failure!.Code);
        Assert.NotNull(lease.Failure.Message);
    }

    [Fact]
    public async Task A_disposal_that_throws_changes_nothing()
    {
        var (lease, terminals) = await RunAsync(new ScriptedAgent((_, _) => new OddStream(new OddEnumerator { Ends = true })));
        Assert.NotNull(lease.Completion);
        Assert.Equal(1, terminals);
    }

    [Fact]
    public async Task A_disposal_that_hangs_does_not_hold_up_the_report()
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(
            new ScriptedAgent((_, _) => new OddStream(new OddEnumerator { Ends = true, Hangs = true })));
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Connection.UntilEnded(claim);
        Assert.Equal(1, fixture.Worker.RunCount);
        await fixture.AdvanceUntil(() => fixture.Worker.RunCount == 0, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_run_of_an_unknown_agent_fails_to_start()
    {
        var claim = Given.Claim(agent: "other");
        await using var fixture = new WorkerFixture(ScriptedAgent.Saying());
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Connection.UntilEnded(claim);
        var failure = fixture.Connection.Lease(claim).Failure!;
        Assert.Equal((RunErrorCodes.StartFailed, FailPhases.Start), (failure.Code, failure.Phase));
    }

    private static async Task<(LeaseState Lease, int Terminals)> RunAsync(IAgent agent)
    {
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(agent);
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await fixture.Connection.UntilEnded(claim);
        await fixture.Until(() => fixture.Worker.RunCount == 0);
        return (fixture.Connection.Lease(claim), fixture.Connection.Terminals.Count);
    }

    private static async IAsyncEnumerable<AgentOutput> Throwing(Exception exception)
    {
        yield return new AgentOutput.Delta("partial");
        await Task.Yield();
        throw exception;
    }

    private static JsonElement Disposed()
    {
        using var document = JsonDocument.Parse("[1]");
        return document.RootElement;
    }

    private sealed class OddStream(IAsyncEnumerator<AgentOutput>? enumerator) : IAsyncEnumerable<AgentOutput>
    {
        public IAsyncEnumerator<AgentOutput> GetAsyncEnumerator(CancellationToken cancellationToken = default) => enumerator!;
    }

    private sealed class OddEnumerator : IAsyncEnumerator<AgentOutput>
    {
        public bool Ends { get; init; }

        public bool Hangs { get; init; }

        public AgentOutput Current => null!;

        public ValueTask<bool> MoveNextAsync() => Ends ? new(false) : throw new InvalidOperationException("moved");

        public ValueTask DisposeAsync() => Hangs
            ? new(new TaskCompletionSource().Task)
            : throw new InvalidOperationException("disposed");
    }
}
