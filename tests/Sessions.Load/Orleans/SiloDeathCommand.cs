using System.CommandLine;

namespace Sessions.Load;

/// <summary>Scenario <c>silo-death</c>: from a silo's SIGKILL until all of its sessions answer again.</summary>
internal static class SiloDeathCommand
{
    public static Command Create()
    {
        var command = new Command("silo-death", "Kill a silo's process while its sessions are written to through the others.");
        var kills = CommonOptions.Number(command, "--kills", "How many.", 5, 1, 1_000);
        var sessions = CommonOptions.Number(command, "--sessions", "How many sessions are written to.", 40, 1, 1_000);
        var silos = CommonOptions.Number(command, "--silos", "How many silos, a process each.", 3, 2, 16);
        var common = CommonOptions.AddWithOrleansTo(command, CommonOptions.Postgres);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!common.OnOrleans(parsed))
            {
                await Console.Error.WriteLineAsync("silo-death: only the engine 'orleans' has silos; say --engine orleans.");
                return ExitCodes.Usage;
            }

            LoadProcess.Prepare();
            await using var server = await LoadServer.StartAsync(common.Connection(parsed), cancellationToken);
            var scenario = new SiloDeathScenario(server, parsed.GetValue(silos), parsed.GetValue(sessions), parsed.GetValue(kills));
            return (await scenario.RunAsync(cancellationToken)).Print(common.Json(parsed));
        });
        return command;
    }
}
