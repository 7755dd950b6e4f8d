using System.CommandLine;

namespace Sessions.Load;

/// <summary>Scenario <c>list</c>: the first pages of a tenant with very many sessions.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Fill a database with sessions and list them.");
        var sessions = CommonOptions.Number(command, "--sessions", "How many sessions to fill it with.", 1_000_000, 100, 20_000_000);
        var seconds = CommonOptions.Number(command, "--seconds", "How long to ask for each list in a round.", 1, 1, 600);
        var common = CommonOptions.AddTo(command, CommonOptions.Postgres);
        var rounds = RoundSettings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = await ListScenario.RunAsync(
                parsed.GetValue(sessions), TimeSpan.FromSeconds(parsed.GetValue(seconds)), rounds.Read(parsed), common.Connection(parsed), cancellationToken);
            return report.Print(common.Json(parsed));
        });
        return command;
    }
}
