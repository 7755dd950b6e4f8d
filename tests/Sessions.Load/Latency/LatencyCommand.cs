using System.CommandLine;

namespace Sessions.Load;

/// <summary>Scenario <c>latency</c>: how long a send takes when nothing else is going on, and a delta from replica to replica.</summary>
internal static class LatencyCommand
{
    public static Command Create()
    {
        var command = new Command("latency", "Send one message at a time, and relay deltas from one server process to another.");
        var rate = CommonOptions.Number(command, "--rate", "Deltas per second, all in all.", 1_000, 1, 100_000);
        var sessions = CommonOptions.Number(command, "--sessions", "Runs that the deltas are spread over.", 50, 1, 90);
        var seconds = CommonOptions.Number(command, "--seconds", "How long each part of a round takes.", 3, 1, 600);
        var common = CommonOptions.AddWithOrleansTo(command, CommonOptions.Postgres);
        var rounds = RoundSettings.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LoadProcess.Prepare();
            var settings = new FanoutSettings(
                parsed.GetValue(sessions), parsed.GetValue(sessions), Math.Max(1, parsed.GetValue(rate) / parsed.GetValue(sessions)), int.MaxValue, parsed.GetValue(seconds), 0);
            if (common.OnOrleans(parsed))
            {
                await using var server = await LoadServer.StartAsync(common.Connection(parsed), cancellationToken);
                return (await OrleansLoad.Find()!.LatencyAsync(settings, rounds.Read(parsed), server, cancellationToken)).Print(common.Json(parsed));
            }

            var report = await LatencyScenario.RunAsync(settings, rounds.Read(parsed), common.Connection(parsed), cancellationToken);
            return report.Print(common.Json(parsed));
        });
        return command;
    }
}
