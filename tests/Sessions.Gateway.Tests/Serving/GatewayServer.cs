using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sessions.Server;

namespace Sessions.Gateway.Tests;

/// <summary>The whole server in this process, on a real socket, with agents that the tests themselves execute.</summary>
public class GatewayServer : IAsyncLifetime
{
    public const int MaxQueued = 3;

    private readonly WebApplication _app;

    public GatewayServer()
        : this(_ => { })
    {
    }

    internal GatewayServer(Action<GatewayOptions> gateway, params string[] args)
        : this(services => services.Configure(gateway), args)
    {
    }

    private GatewayServer(Action<IServiceCollection> services, string[] args) => _app = SessionsServer.Create(
        [
            "--urls=http://127.0.0.1:0",
            "--Sessions:Agents:scripted:Kind=remote",
            "--Sessions:Agents:other:Kind=remote",
            "--Sessions:DefaultAgent=scripted",
            $"--Sessions:Runs:MaxQueued={MaxQueued}",
            "--Sessions:Lease:SweepInterval=00:00:00.100",
            .. args,
        ],
        builder =>
        {
            services(builder.Services);
            builder.Logging.ClearProviders();
        });

    public Uri Address { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    internal Api Api { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Address = new Uri(addresses.Addresses.Single());
        Api = new Api(Address);
    }

    public Task StopAsync() => _app.StopAsync();

    public async Task DisposeAsync()
    {
        Api.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>Starts one with other services than the server's own.</summary>
    internal static async Task<GatewayServer> StartWithAsync(Action<IServiceCollection> services)
    {
        var server = new GatewayServer(services, []);
        await server.InitializeAsync();
        return server;
    }

    internal static async Task<GatewayServer> StartAsync(Action<GatewayOptions> gateway, params string[] args)
    {
        var server = new GatewayServer(gateway, args);
        await server.InitializeAsync();
        return server;
    }
}
