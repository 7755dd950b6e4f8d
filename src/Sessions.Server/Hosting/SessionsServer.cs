using System.Net.Sockets;
using Sessions.Gateway;

namespace Sessions.Server;

/// <summary>The server: one process with the gateway, an engine, a store, and the configured agents.</summary>
public static class SessionsServer
{
    private const string Migrate = "migrate";

    /// <summary>
    /// Runs until the process is asked to stop. With <c>migrate</c> as first argument it brings the database's schema to what
    /// this build needs, and ends.
    /// </summary>
    /// <returns>The exit code: 0 after a stop, 1 when it could not start; then one line on standard error says why.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            if (args is [Migrate, ..])
            {
                await PostgresStart.MigrateAsync(args[1..]);
                return 0;
            }

            await using var app = Create(args);
            await StartAsync(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (ConfigurationException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    /// <summary>Makes a server that is not started yet.</summary>
    /// <param name="args">Configuration as <c>--key=value</c>.</param>
    /// <param name="configure">Changes what is registered, in tests.</param>
    /// <exception cref="ConfigurationException">The configuration is bad.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // It logs, with a stack trace, what is thrown at the start all the same: that is to be one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.AddSessionsServer(ServerSettings.Read(builder.Configuration));
        builder.WebHost.BindToLoopback(builder.Configuration);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapSessions();
        return app;
    }

    /// <summary>Starts it; what can't be bound to is a matter of configuration.</summary>
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException)
        {
            throw new ConfigurationException("urls", exception.Message);
        }
    }
}
