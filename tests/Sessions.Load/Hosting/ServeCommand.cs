using System.CommandLine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Sessions.Server;

namespace Sessions.Load;

/// <summary>
/// Hidden: a server in a process of its own, so that what it allocates and holds can be told from what the load does. It
/// prints its address, answers <c>sample</c> and <c>collect</c> on standard input, and ends with it.
/// </summary>
internal static class ServeCommand
{
    public const string Name = "serve";
    public const string Reference = "reference";
    public const string Real = "sessions";

    /// <summary>The agent that the load's own workers run.</summary>
    public const string Agent = "load";

    private static readonly string[] Settings =
    [
        "--urls=http://127.0.0.1:0",
        $"--Sessions:Agents:{Agent}:Kind=remote",
        $"--Sessions:DefaultAgent={Agent}",
        "--Sessions:Workers:InProcess=false",
        "--Logging:LogLevel:Default=Warning",
    ];

    public static Command Create()
    {
        var command = new Command(Name) { Hidden = true };
        var kind = new Argument<string>("kind");
        kind.AcceptOnlyFromAmong(Real, Reference);
        command.Arguments.Add(kind);
        var more = new Argument<string[]>("settings") { Arity = ArgumentArity.ZeroOrMore };
        command.Arguments.Add(more);
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(parsed.GetRequiredValue(kind), parsed.GetValue(more) ?? [], cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string kind, string[] more, CancellationToken cancellationToken)
    {
        await using var app = kind == Real ? SessionsServer.Create([.. Settings, .. more]) : ReferenceServer.Create();
        await app.StartAsync(cancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await Console.Out.WriteLineAsync(address);
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
            await Console.Out.WriteLineAsync(MemorySample.Take(collect: line == "collect").Format());

        return ExitCodes.Fine;
    }
}
