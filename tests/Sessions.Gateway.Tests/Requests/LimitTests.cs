using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Sessions.Gateway.Tests;

public sealed class LimitTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    private const int KiB = 1024;

    [Fact]
    public async Task A_message_has_at_most_256_KiB_of_utf8()
    {
        var scene = await Scene.OpenAsync(server);
        foreach (var text in new[] { new string('x', 256 * KiB), new string('é', 128 * KiB), new string('€', 256 * KiB / 3) + "x" })
        {
            var run = (await scene.Api.PostAsync(scene.Messages, new { text })).Ok(202).GetProperty("run");
            Assert.Equal(text, run.GetProperty("input").Text("text"));
            (await scene.Api.PostAsync($"{scene.Path}/abort")).Ok();
            (await scene.Api.PostAsync(scene.Messages, new { text = text + "x" })).Problem(413, "text_too_large", "text");
        }
    }

    [Fact]
    public async Task Metadata_have_at_most_16_KiB_keys_and_values_together()
    {
        var full = new Dictionary<string, string> { ["k1"] = new('v', (8 * KiB) - 2), ["é"] = new('é', (4 * KiB) - 1) };
        (await server.Api.PostAsync("/v1/sessions", new { id = "full", metadata = full })).Ok(201);
        full["k1"] += "x";
        (await server.Api.PostAsync("/v1/sessions", new { id = "over", metadata = full })).Problem(413, "metadata_too_large", "metadata");
        (await server.Api.PatchAsync("/v1/sessions/full", new { metadata = full })).Problem(413, "metadata_too_large", "metadata");
        (await server.Api.PostAsync("/v1/sessions", new { title = new string('t', KiB) })).Ok(201);
        (await server.Api.PostAsync("/v1/sessions", new { title = new string('t', KiB + 1) })).Problem(413, "text_too_large", "title");
    }

    [Theory]
    [InlineData("delta")]
    [InlineData("content")]
    [InlineData("notice")]
    public async Task An_output_text_has_at_most_64_KiB(string type)
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        (await claim.OutputAsync(new { type, text = new string('é', 32 * KiB) })).Ok();
        (await claim.OutputAsync(new { type, text = "fine" }, new { type, text = new string('x', (64 * KiB) + 1) }))
            .Problem(413, "output_item_too_large", "items[1].text");
        (await claim.CompleteAsync()).Ok();
        var output = (await scene.GetRunAsync(claim.Run)).GetProperty("output").Text("text");
        Assert.Equal(type == "notice" ? 0 : 32 * KiB, output!.Length);
    }

    [Fact]
    public async Task A_tool_item_has_at_most_64_KiB_arguments_and_result_together()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        (await claim.OutputAsync(Tool((32 * KiB) - 2, (32 * KiB) - 2))).Ok();
        (await claim.OutputAsync(Tool((32 * KiB) - 2, (32 * KiB) - 1))).Problem(413, "output_item_too_large", "items[0]");

        static object Tool(int arguments, int result) => new
        {
            type = "tool",
            toolCallId = "c",
            name = "n",
            phase = "result",
            arguments = new string('a', arguments),
            result = new string('r', result),
        };
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_has_at_most_1_MiB_with_or_without_its_length(bool chunked)
    {
        var scene = await Scene.OpenAsync(server);
        (await SendAsync(1024 * KiB)).Ok(202);
        (await SendAsync((1024 * KiB) + 1)).Problem(413, "body_too_large");
        (await SendAsync(3 * 1024 * KiB)).Problem(413, "body_too_large");

        async Task<Answer> SendAsync(int size)
        {
            var body = Encoding.UTF8.GetBytes("""{"text":"t","padding":" """.Trim() + new string('x', size - 25) + "\"}");
            Assert.Equal(size, body.Length);
            using var request = new HttpRequestMessage(HttpMethod.Post, scene.Messages);
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TransferEncodingChunked = chunked;
            request.Headers.ExpectContinue = true;
            return await scene.Api.SendAsync(request);
        }
    }

    [Fact]
    public async Task Ids_have_128_of_the_allowed_characters()
    {
        var longest = string.Concat(Enumerable.Repeat("aZ09._:-", 16));
        (await server.Api.PostAsync("/v1/sessions", new { id = longest })).Ok(201);
        Assert.Equal(longest, (await server.Api.GetAsync($"/v1/sessions/{longest}")).Ok().Text("id"));
        foreach (var id in new[] { longest + "x", "", " ", "a b", "é", "a/b", "a\n", "a%", "watch", ".", ".." })
        {
            (await server.Api.PostAsync("/v1/sessions", new { id })).Problem(422, "invalid_id", "id");
            if (id.Trim('.').Length > 0 && id != "watch" && !string.IsNullOrWhiteSpace(id))
                (await server.Api.GetAsync($"/v1/sessions/{Uri.EscapeDataString(id)}")).Problem(422, "invalid_id", "sid");
        }

        (await server.Api.GetAsync($"/v1/sessions/{longest}/runs/a%20b")).Problem(422, "invalid_id", "rid");
        (await server.Api.GetAsync("/v1/workers/a%20b/signals")).Problem(422, "invalid_id", "workerId");
    }

    [Fact]
    public async Task Reports_have_limits_too()
    {
        var scene = await Scene.OpenAsync(server);
        var claim = await scene.StartAsync();
        (await claim.CompleteAsync(usage: new { a = new string('u', 16 * KiB) })).Problem(413, "text_too_large", "usage");
        (await claim.FailAsync(code: new string('c', 65))).Problem(422, "invalid_request", "code");
        (await claim.FailAsync(message: new string('m', (8 * KiB) + 1))).Problem(413, "text_too_large", "message");
        var many = JsonSerializer.Serialize(Enumerable.Repeat(new { type = "delta", text = "." }, 1001));
        (await scene.Api.PostTextAsync($"{claim.Path}/output", $$"""{"epoch":{{claim.Epoch}},"items":{{many}}}""")).Problem(422, "invalid_request", "items");
        Assert.Equal("running", (await scene.GetRunAsync(claim.Run)).Text("status"));
    }
}
