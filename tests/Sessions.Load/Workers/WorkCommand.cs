using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sessions.Worker;

namespace Sessions.Load;

/// <summary>
/// Hidden: a worker of the SDK in a process of its own, as a generic host has it. It notes on standard output what its
/// agents do, opens their gate at <c>go</c> and answers <c>sample N</c> on standard input, and ends with it.
/// </summary>
internal static class WorkCommand
{
    public const string Name = "work";
    public const string Go = "go";
    public const string Sample = "sample";

    public static Command Create()
    {
        var command = new Command(Name) { Hidden = true };
        var id = new Argument<string>("id");
        var concurrency = new Argument<int>("concurrency");
        var servers = new Argument<string[]>("servers") { Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(id);
        command.Arguments.Add(concurrency);
        command.Arguments.Add(servers);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(id), parsed.GetValue(concurrency), parsed.GetRequiredValue(servers), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string id, int concurrency, string[] servers, CancellationToken cancellationToken)
    {
        using var counts = new WorkerCounts();
        var gate = new WorkGate();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSessionsWorker(worker =>
        {
            worker.WorkerId = id;
            worker.MaxConcurrency = concurrency;
            worker.Servers = [.. servers.Select(server => new Uri(server))];
            worker.DrainGrace = TimeSpan.Zero;
        }).AddAgent(ServeCommand.Agent, new WorkAgent(gate));
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == Go)
                gate.Open();
            else
                WorkerNote.Say(Sample, line[(Sample.Length + 1)..], string.Create(
                    CultureInfo.InvariantCulture, $"{counts.LeasesLost} {counts.ReportFaults} {MemorySample.Take(collect: false).Format()}"));
        }

        await host.StopAsync(CancellationToken.None);
        return ExitCodes.Fine;
    }
}
