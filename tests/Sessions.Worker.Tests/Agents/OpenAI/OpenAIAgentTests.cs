using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Sessions.Protocol;

namespace Sessions.Worker.Tests;

public sealed class OpenAIAgentTests
{
    private const string Usage = """{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}""";

    [Fact]
    public async Task It_streams_the_answer_and_reports_the_usage()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(FakeEndpoint.Saying(
            FakeEndpoint.Text("Hel"), FakeEndpoint.Text("lo 😀"), FakeEndpoint.Text("", "stop"), Usage, "[DONE]"));
        var outputs = await RunAsync(endpoint.Agent());
        Assert.Equal([new AgentOutput.Delta("Hel"), new AgentOutput.Delta("lo 😀")], outputs[..^1]);
        var completion = Assert.IsType<AgentOutput.Completion>(outputs[^1]);
        Assert.Equal("""{"inputTokens":3,"outputTokens":2,"totalTokens":5}""", completion.Usage!.Value.GetRawText());
        Assert.Null(completion.Text);
        Assert.Equal("Bearer sk-secret", endpoint.Authorization);
    }

    [Fact]
    public async Task It_sends_the_transcript_without_empty_messages_and_asks_for_usage()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(FakeEndpoint.Saying(FakeEndpoint.Text("ok", "stop"), "[DONE]"));
        await RunAsync(endpoint.Agent(null), Given.Claim(text: "third", history:
        [
            Given.Message(MessageRoles.User, "first", "r-2"),
            Given.Message(MessageRoles.Assistant, "partial", "r-2", RunStatuses.Aborted),
            Given.Message(MessageRoles.User, "second", "r-1"),
            Given.Message(MessageRoles.Assistant, "", "r-1", RunStatuses.Failed),
        ]));
        var request = await endpoint.RequestAsync();
        Assert.Equal("test-model", request.GetProperty("model").GetString());
        Assert.True(request.GetProperty("stream").GetBoolean());
        Assert.True(request.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.Equal(
            ["user:first", "assistant:partial", "user:second", "user:third"],
            request.GetProperty("messages").EnumerateArray()
                .Select(message => $"{message.GetProperty("role").GetString()}:{message.GetProperty("content").GetString()}"));
        Assert.Equal("Bearer none", endpoint.Authorization);
    }

    [Theory]
    [InlineData(401, UpstreamErrorCodes.Unauthorized)]
    [InlineData(403, UpstreamErrorCodes.Unauthorized)]
    [InlineData(404, UpstreamErrorCodes.NotFound)]
    [InlineData(400, UpstreamErrorCodes.Rejected)]
    [InlineData(408, UpstreamErrorCodes.Timeout)]
    [InlineData(429, UpstreamErrorCodes.RateLimited)]
    [InlineData(500, UpstreamErrorCodes.Error)]
    [InlineData(503, UpstreamErrorCodes.Error)]
    public async Task An_http_error_fails_the_start_with_its_words_and_without_the_key(int status, string code)
    {
        await using var endpoint = await FakeEndpoint.StartAsync(
            FakeEndpoint.Status(status, """{"error":{"message":"no good: sk-secret","type":"t","code":"c"}}"""));
        var failure = await Assert.ThrowsAsync<AgentException>(() => RunAsync(endpoint.Agent()));
        Assert.Equal((code, FailPhases.Start), (failure.Code, failure.Phase));
        Assert.Contains("no good", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{status}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-secret", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, endpoint.Calls);
    }

    [Theory]
    [InlineData("", "Bad Gateway")]
    [InlineData("<html>nginx</html>", "nginx")]
    [InlineData("{\"error\":\"just text\"}", "just text")]
    [InlineData("{\"detail\":\"odd\"}", "odd")]
    public async Task An_error_in_any_shape_is_quoted(string body, string quoted)
    {
        await using var endpoint = await FakeEndpoint.StartAsync(FakeEndpoint.Status(502, body));
        var failure = await Assert.ThrowsAsync<AgentException>(() => RunAsync(endpoint.Agent()));
        Assert.Contains(quoted, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/v1")]
    [InlineData("http://no-such-host.invalid/v1")]
    public async Task An_endpoint_that_cannot_be_reached_fails_the_start(string url)
    {
        using var client = new OpenAIChatClient(new OpenAIChatClientOptions { BaseUrl = new Uri(url) });
        var failure = await Assert.ThrowsAsync<AgentException>(() => RunAsync(new OpenAIAgent(client)));
        Assert.Equal((UpstreamErrorCodes.Unreachable, FailPhases.Start), (failure.Code, failure.Phase));
    }

    public static TheoryData<string, string, string> Streams => new()
    {
        { "cut", UpstreamErrorCodes.BrokenStream, FailPhases.Run },
        { "cut at once", UpstreamErrorCodes.BrokenStream, FailPhases.Start },
        { "no end", UpstreamErrorCodes.BrokenStream, FailPhases.Run },
        { "nothing", UpstreamErrorCodes.BrokenStream, FailPhases.Start },
        { "no json", UpstreamErrorCodes.BrokenStream, FailPhases.Run },
        { "error", UpstreamErrorCodes.Error, FailPhases.Run },
        { "error at once", UpstreamErrorCodes.Error, FailPhases.Start },
        { "error as text", UpstreamErrorCodes.Error, FailPhases.Run },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task A_stream_that_breaks_fails_the_run(string how, string code, string phase)
    {
        var outputs = new List<AgentOutput>();
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            await FakeEndpoint.DataAsync(context, how is "nothing" or "cut at once" or "error at once" ? [] : [FakeEndpoint.Text("Hel")]);
            if (how == "cut")
                await UntilRead(outputs);
            if (how.StartsWith("cut", StringComparison.Ordinal))
                context.Abort();
            else if (how == "no json")
                await FakeEndpoint.DataAsync(context, "{nope");
            else if (how == "error as text")
                await FakeEndpoint.DataAsync(context, """{"error":"overloaded, sk-secret"}""");
            else if (how.StartsWith("error", StringComparison.Ordinal))
                await FakeEndpoint.DataAsync(context, """{"error":{"message":"overloaded, sk-secret"}}""", "[DONE]");
        });
        var failure = await Assert.ThrowsAsync<AgentException>(() => RunAsync(endpoint.Agent(), outputs: outputs));
        Assert.Equal((code, phase), (failure.Code, failure.Phase));
        Assert.DoesNotContain("sk-secret", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(phase == FailPhases.Run ? 1 : 0, outputs.Count);
        if (code == UpstreamErrorCodes.Error)
            Assert.Contains("overloaded", failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string[]> WholeAnswers => new()
    {
        { [FakeEndpoint.Text("Hello", "stop")] },
        { [FakeEndpoint.Text("Hello"), "[DONE]"] },
        { [FakeEndpoint.Text("Hello", "eos"), "[DONE]"] },
        { ["""{"choices":null}""", """{"choices":[{"delta":{"content":"Hello"},"finish_reason":""}]}""", "[DONE]"] },
        { ["""{"choices":[{"delta":{"content":"Hello"}}]}""", """{"choices":[{"delta":null,"finish_reason":"stop"}],"error":null}"""] },
    };

    [Theory]
    [MemberData(nameof(WholeAnswers))]
    public async Task Endpoints_that_differ_in_form_are_understood(string[] chunks)
    {
        await using var endpoint = await FakeEndpoint.StartAsync(FakeEndpoint.Saying(chunks));
        var outputs = await RunAsync(endpoint.Agent());
        Assert.Equal([new AgentOutput.Delta("Hello"), new AgentOutput.Completion()], outputs);
    }

    [Fact]
    public async Task A_cut_behind_the_finish_reason_is_no_fault()
    {
        var outputs = new List<AgentOutput>();
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            await FakeEndpoint.DataAsync(context, FakeEndpoint.Text("Hello", "stop"));
            await UntilRead(outputs);
            context.Abort();
        });
        await RunAsync(endpoint.Agent(), outputs: outputs);
        Assert.Equal([new AgentOutput.Delta("Hello"), new AgentOutput.Completion()], outputs);
    }

    [Fact]
    public async Task An_answer_cut_by_the_length_limit_says_so()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(FakeEndpoint.Saying(FakeEndpoint.Text("Hel", "length"), "[DONE]"));
        Assert.IsType<AgentOutput.Notice>((await RunAsync(endpoint.Agent()))[1]);
    }

    [Fact]
    public async Task Tool_calls_are_put_together_from_their_fragments()
    {
        await using var endpoint = await FakeEndpoint.StartAsync(FakeEndpoint.Saying(
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"ls","arguments":"{\"pa"}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"c2","function":{"name":"pwd","arguments":"oops"}}]}}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"th\":\"/x\"}"}}]},"finish_reason":"tool_calls"}]}""",
            "[DONE]"));
        var tools = (await RunAsync(endpoint.Agent())).OfType<AgentOutput.Tool>().ToList();
        Assert.Equal(["c1:ls:started", "c2:pwd:started"], tools.Select(tool => $"{tool.CallId}:{tool.Name}:{tool.Phase}"));
        Assert.Equal("""{"path":"/x"}""", tools[0].Arguments!.Value.GetRawText());
        Assert.Equal("""{"raw":"oops"}""", tools[1].Arguments!.Value.GetRawText());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silent_endpoint_times_out(bool afterText)
    {
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            if (afterText)
                await FakeEndpoint.DataAsync(context, FakeEndpoint.Text("Hel"));
            await UntilDisconnected(context);
        });
        using var client = endpoint.Client(silence: TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<AgentException>(() => RunAsync(new OpenAIAgent(client)));
        Assert.Equal((UpstreamErrorCodes.Timeout, afterText ? FailPhases.Run : FailPhases.Start), (failure.Code, failure.Phase));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_abort_closes_the_request_at_once(bool afterText)
    {
        var disconnected = new TaskCompletionSource();
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            if (afterText)
                await FakeEndpoint.DataAsync(context, FakeEndpoint.Text("Hel"));
            await UntilDisconnected(context);
            disconnected.SetResult();
        });
        var claim = Given.Claim();
        await using var fixture = new WorkerFixture(endpoint.Agent());
        fixture.Connection.Queue(claim);
        await fixture.StartAsync();
        await endpoint.RequestAsync();
        if (afterText)
            await fixture.Until(() => fixture.Connection.Lease(claim).Text == "Hel");
        fixture.Connection.Signal(claim);
        await disconnected.Task.WaitAsync(Eventually.Deadline);
        await fixture.Until(() => fixture.Worker.RunCount == 0);
        Assert.Empty(fixture.Connection.Terminals);
    }

    [Fact]
    public async Task An_answer_that_is_let_go_between_two_pieces_is_not_read_on()
    {
        var disconnected = new TaskCompletionSource();
        await using var endpoint = await FakeEndpoint.StartAsync(async context =>
        {
            await FakeEndpoint.DataAsync(context, FakeEndpoint.Text("Hel"));
            await UntilDisconnected(context);
            disconnected.SetResult();
        });
        await foreach (var _ in endpoint.Agent().RunAsync(Given.Run(Given.Claim()), CancellationToken.None))
            break;
        await disconnected.Task.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task Any_chat_client_will_do_and_its_error_contents_fail_the_run()
    {
        var failure = await Assert.ThrowsAsync<AgentException>(() => RunAsync(new OpenAIAgent(new OtherClient())));
        Assert.Equal((UpstreamErrorCodes.Error, FailPhases.Run), (failure.Code, failure.Phase));
        Assert.Contains("quota", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_be_are_refused_by_name()
    {
        Assert.Contains("BaseUrl", Refusal(new() { BaseUrl = new Uri("ftp://x/") }), StringComparison.Ordinal);
        Assert.Contains("Model", Refusal(new() { Model = " " }), StringComparison.Ordinal);
        Assert.Contains("SilenceTimeout", Refusal(new() { SilenceTimeout = TimeSpan.Zero }), StringComparison.Ordinal);
        Assert.DoesNotContain("sk\n", Refusal(new() { ApiKey = "sk\n" }), StringComparison.Ordinal);

        static string Refusal(OpenAIChatClientOptions options) => Assert.Throws<ArgumentException>(options.Validate).Message;
    }

    private static async Task<List<AgentOutput>> RunAsync(OpenAIAgent agent, ClaimResource? claim = null, List<AgentOutput>? outputs = null)
    {
        outputs ??= [];
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await foreach (var output in agent.RunAsync(Given.Run(claim ?? Given.Claim()), deadline.Token))
            outputs.Add(output);
        return outputs;
    }

    private static Task UntilRead(List<AgentOutput> outputs) => Eventually.True(() => outputs.Count == 1, () => $"{outputs.Count}");

    private static async Task UntilDisconnected(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task.WaitAsync(Eventually.Deadline);
    }

    private sealed class OtherClient : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, "Hel");
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new ErrorContent("out of quota")]);
        }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
