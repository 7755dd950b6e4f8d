using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Sessions.Server;

namespace Sessions.Testing.EndToEnd;

/// <summary>The server as it is shipped, on a loopback port of its own.</summary>
internal sealed class RealServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RealServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <param name="wordDelay">The pause of agent <c>echo</c> before each word.</param>
    public static async Task<RealServer> StartAsync(string wordDelay = "00:00:00")
    {
        var app = SessionsServer.Create(
            ["--urls=http://127.0.0.1:0", $"--Sessions:Agents:echo:WordDelay={wordDelay}"],
            builder => builder.Logging.ClearProviders());
        await app.StartAsync();
        return new RealServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
