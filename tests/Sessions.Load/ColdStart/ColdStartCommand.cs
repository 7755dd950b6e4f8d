using System.CommandLine;

namespace Sessions.Load;

/// <summary>Scenario <c>coldstart</c>: from the start of the server's process to its first answer to <c>/readyz</c>.</summary>
internal static class ColdStartCommand
{
    public static Command Create()
    {
        var command = new Command("coldstart", "Start the built server several times, until it is ready.");
        var starts = CommonOptions.Number(command, "--starts", "How many times.", 5, 1, 100);
        var server = new Option<string>("--server")
        {
            Description = "The server's assembly; by default the one that was built with this program.",
            DefaultValueFactory = _ => Path.Combine(AppContext.BaseDirectory, "Sessions.Server.dll"),
        };
        command.Options.Add(server);
        var common = CommonOptions.AddTo(command, CommonOptions.Memory);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var assembly = parsed.GetRequiredValue(server);
            if (!File.Exists(assembly))
            {
                await Console.Error.WriteLineAsync($"--server: there is no file {assembly}.");
                return ExitCodes.Usage;
            }

            var report = new Report("coldstart", "process start to /readyz, processes one after another, files in the page cache");
            var times = new List<double>();
            for (var at = 0; at < parsed.GetValue(starts); at++)
            {
                times.Add((await ServerStart.MeasureAsync(assembly, cancellationToken)).TotalMilliseconds);
                report.Add($"start {at + 1}, ms", times[^1]);
            }

            times.Sort();
            report.Add("median, ms", times[times.Count / 2]);
            report.Add("slowest, ms", times[^1]);
            return report.Print(common.Json(parsed));
        });
        return command;
    }
}
