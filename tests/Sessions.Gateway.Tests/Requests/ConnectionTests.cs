namespace Sessions.Gateway.Tests;

public sealed class ConnectionTests(GatewayServer server) : IClassFixture<GatewayServer>
{
    [Fact]
    public async Task A_body_in_broken_chunks_is_a_problem()
    {
        using var client = await RawClient.ConnectAsync(server.Address);
        await client.WriteAsync(
            "POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"u8.ToArray());
        await client.ReadUntilAsync("\"code\":\"bad_request\"");
        Assert.StartsWith("HTTP/1.1 400 ", client.Received.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_is_kept_whatever_was_asked_on_it()
    {
        using var client = await RawClient.ConnectAsync(server.Address);
        for (var round = 0; round < 3; round++)
        {
            await IsAsync(201, "/v1/sessions", "{}");
            await IsAsync(400, "/v1/sessions", "{");
            await IsAsync(422, "/v1/sessions", """{"id":""}""");
            await IsAsync(415, "/v1/sessions", "x", "text/plain");
            await IsAsync(404, "/v1/nothing", "{}");
            await IsAsync(405, "/v1/agents", "{}");
            await IsAsync(404, "/v1/sessions/absent/reset", "{\"ignored\":true}");
            await IsAsync(413, "/v1/sessions", "{\"x\":\"" + new string('x', 1100 * 1024) + "\"}");
        }

        async Task IsAsync(int status, string path, string body, string contentType = "application/json")
        {
            await client.PostAsync(path, body, contentType);
            Assert.StartsWith($"HTTP/1.1 {status} ", await client.ReadAnswerAsync(), StringComparison.Ordinal);
        }
    }
}
