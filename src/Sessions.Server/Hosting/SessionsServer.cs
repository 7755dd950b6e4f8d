using Microsoft.AspNetCore.Connections;
using Sessions.Gateway;

namespace Sessions.Server;

/// <summary>The server: one process with the gateway, an engine, a store, and the configured agents.</summary>
public static class SessionsServer
{
    /// <summary>Runs until the process is asked to stop.</summary>
    /// <returns>The exit code: 0 after a stop, 1 when it could not start; then one line on standard error says why.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = Create(args);
            await app.RunAsync();
            return 0;
        }
        catch (ConfigurationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"urls: {exception.Message}");
        }

        return 1;
    }

    /// <summary>Makes a server that is not started yet.</summary>
    /// <param name="args">Configuration as <c>--key=value</c>.</param>
    /// <param name="configure">Changes what is registered, in tests.</param>
    /// <exception cref="ConfigurationException">The configuration is bad.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddSessionsServer(ServerSettings.Read(builder.Configuration));
        builder.WebHost.BindToLoopback(builder.Configuration);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapSessions();
        return app;
    }
}
