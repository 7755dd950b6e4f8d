namespace Sessions.Gateway.Tests;

/// <summary>A server of one test's own, for <c>await using</c>.</summary>
internal sealed class AsyncServer(GatewayServer server) : IAsyncDisposable
{
    public GatewayServer Server => server;

    public Api Api => server.Api;

    public async ValueTask DisposeAsync() => await server.DisposeAsync();
}
