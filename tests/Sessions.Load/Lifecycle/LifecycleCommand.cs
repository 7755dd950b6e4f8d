using System.CommandLine;

namespace Sessions.Load;

/// <summary>Scenario <c>lifecycle</c>: whole runs, from send to terminal state.</summary>
internal static class LifecycleCommand
{
    private const string InProcess = "inprocess";
    private const string Http = "http";

    public static Command Create()
    {
        var command = new Command("lifecycle", "Send, claim and complete runs in many sessions at a time.");
        var transport = new Option<string>("--transport") { Description = "How.", DefaultValueFactory = _ => InProcess };
        transport.AcceptOnlyFromAmong(InProcess, Http);
        command.Options.Add(transport);
        var sessions = CommonOptions.Number(command, "--sessions", "Sessions with a run at the same time; 0: 64, 512 with postgres.", 0, 0, 10_000);
        sessions.Aliases.Add("--concurrency");
        var turns = CommonOptions.Number(command, "--turns", "Runs of a session before a new one takes its place.", 10, 1, 100_000);
        var workers = CommonOptions.Number(command, "--workers", "Workers that claim; 0: 8, 32 with postgres.", 0, 0, 1_000);
        var claimMax = CommonOptions.Number(command, "--claim-max", "Runs that a worker claims at once; 0: 8, 64 with postgres.", 0, 0, 100);
        var runs = CommonOptions.Number(
            command, "--runs", "Runs to measure; 0: 300,000 in process, 30,000 over HTTP, with postgres what the time allows.", 0, 0, 10_000_000);
        var seconds = CommonOptions.Number(command, "--seconds", "How long to measure at most; 0: 20, with postgres 4 a round.", 0, 0, 600);
        var common = CommonOptions.AddWithOrleansTo(command, CommonOptions.Memory, CommonOptions.Postgres);
        var rounds = RoundSettings.AddTo(command);
        var replicas = new Option<string>("--replicas")
        {
            Description = "Store postgres: how many replicas, a process each; 1,2,3 measures one after the other.",
            DefaultValueFactory = _ => "1",
        };
        replicas.Validators.Add(result =>
        {
            if (!result.GetValueOrDefault<string>().Split(',').All(part => int.TryParse(part, out var count) && count is >= 1 and <= 16))
                result.AddError("--replicas must be numbers from 1 to 16 with commas between them.");
        });
        command.Options.Add(replicas);
        var decisions = new Option<bool>("--decisions")
        {
            Description = "Store postgres: bare decisions, many sessions at a time, without the dispatch of whole runs.",
        };
        command.Options.Add(decisions);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var onPostgres = common.OnPostgres(parsed);
            var settings = new LifecycleSettings(
                Given(parsed.GetValue(sessions), onPostgres ? 512 : 64),
                parsed.GetValue(turns),
                Given(parsed.GetValue(workers), onPostgres ? 32 : 8),
                Given(parsed.GetValue(claimMax), onPostgres ? 64 : 8),
                Given(parsed.GetValue(seconds), onPostgres ? 4 : 20))
            {
                Overlap = onPostgres,
            };
            var overHttp = parsed.GetValue(transport) == Http;
            var count = Given(parsed.GetValue(runs), onPostgres ? int.MaxValue : overHttp ? 30_000 : 300_000);
            if (onPostgres && overHttp)
            {
                await Console.Error.WriteLineAsync("--transport http is measured with the store memory only.");
                return ExitCodes.Usage;
            }

            if (common.OnOrleans(parsed))
            {
                if (overHttp || parsed.GetValue(decisions) || parsed.GetRequiredValue(replicas) != "1" || parsed.GetValue(runs) != 0)
                {
                    await Console.Error.WriteLineAsync("--engine orleans is measured on two silos in this process, for --seconds: without --transport, --decisions, --replicas and --runs.");
                    return ExitCodes.Usage;
                }

                await using var server = onPostgres ? await LoadServer.StartAsync(common.Connection(parsed), cancellationToken) : null;
                return (await OrleansLoad.Find()!.RunsAsync(settings, rounds.Read(parsed), server, cancellationToken)).Print(common.Json(parsed));
            }

            var counts = parsed.GetRequiredValue(replicas).Split(',').Select(int.Parse);
            var report = onPostgres
                ? await PostgresLifecycle.RunAsync(
                    settings, count, parsed.GetValue(decisions), [.. counts], rounds.Read(parsed), common.Connection(parsed), cancellationToken)
                : overHttp
                ? await HttpLifecycle.RunAsync(settings, count, cancellationToken)
                : await InProcessLifecycle.RunAsync(settings, count, cancellationToken);
            return report.Print(common.Json(parsed));
        });
        return command;
    }

    private static int Given(int value, int otherwise) => value > 0 ? value : otherwise;
}
