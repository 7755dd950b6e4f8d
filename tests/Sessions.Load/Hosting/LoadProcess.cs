using System.Diagnostics;

namespace Sessions.Load;

/// <summary>How the load's own processes are set up.</summary>
internal static class LoadProcess
{
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Where a child finds the connection string of its store; without it the store is in memory.</summary>
    public const string ConnectionVariable = "ConnectionStrings__Sessions";

    /// <summary>
    /// Has sockets continue on the thread that polls them: thousands of small reads then cost the load less, and leave more
    /// to the server that is measured. To be called before the first socket is made.
    /// </summary>
    public static void Prepare() => Environment.SetEnvironmentVariable(InlineCompletions, "1");

    /// <summary>Starts this program again, under the settings of the real server's runtime. It ends with its standard input.</summary>
    /// <param name="connectionString">Its store, if that is PostgreSQL.</param>
    /// <param name="arguments">What it does.</param>
    public static Process Start(string? connectionString, params IEnumerable<string> arguments) =>
        Start(connectionString, asServer: true, arguments);

    /// <summary>Starts this program again with the garbage collector that a plain program has.</summary>
    public static Process StartPlain(params IEnumerable<string> arguments) => Start(null, asServer: false, arguments);

    private static Process Start(string? connectionString, bool asServer, IEnumerable<string> arguments)
    {
        var folder = AppContext.BaseDirectory;
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "exec",
                "--runtimeconfig", Path.Combine(folder, "Sessions.Server.runtimeconfig.json"),
                "--depsfile", Path.Combine(folder, "Sessions.Load.deps.json"),
                Path.Combine(folder, "Sessions.Load.dll"),
            },
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        start.Environment.Remove(InlineCompletions);
        start.Environment.Remove(ConnectionVariable);
        if (!asServer)
            start.Environment["DOTNET_gcServer"] = "0";

        start.Environment["Sessions__Store"] = connectionString is null ? CommonOptions.Memory : CommonOptions.Postgres;
        if (connectionString is not null)
            start.Environment[ConnectionVariable] = connectionString;

        return Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
    }
}
