using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sessions.Worker;

namespace Sessions.Workers.Tests;

/// <summary>The worker that the tests start: a generic host with one agent that does what its runs' texts say.</summary>
internal static class WorkerProgram
{
    /// <summary>Runs it: worker id, servers with commas between, grace in seconds.</summary>
    public static async Task Main(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddSessionsWorker(worker =>
        {
            worker.WorkerId = args[0];
            worker.Servers = [.. args[1].Split(',').Select(server => new Uri(server))];
            worker.DrainGrace = TimeSpan.FromSeconds(double.Parse(args[2], CultureInfo.InvariantCulture));
        }).AddAgent<TaskAgent>("far");
        await builder.Build().RunAsync();
    }
}
