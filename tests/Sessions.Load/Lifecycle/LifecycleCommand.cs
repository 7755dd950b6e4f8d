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
        var sessions = CommonOptions.Number(command, "--sessions", "Sessions with a run at the same time.", 64, 1, 10_000);
        var turns = CommonOptions.Number(command, "--turns", "Runs of a session before a new one takes its place.", 10, 1, 100_000);
        var workers = CommonOptions.Number(command, "--workers", "Workers that claim.", 8, 1, 1_000);
        var claimMax = CommonOptions.Number(command, "--claim-max", "Runs that a worker claims at once.", 8, 1, 100);
        var runs = CommonOptions.Number(command, "--runs", "Runs to measure; 0: 300,000 in process, 30,000 over HTTP.", 0, 0, 10_000_000);
        var seconds = CommonOptions.Number(command, "--seconds", "How long to measure at most.", 20, 1, 600);
        var common = CommonOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new LifecycleSettings(
                parsed.GetValue(sessions),
                parsed.GetValue(turns),
                parsed.GetValue(workers),
                parsed.GetValue(claimMax),
                parsed.GetValue(seconds));
            var overHttp = parsed.GetValue(transport) == Http;
            var count = parsed.GetValue(runs) is > 0 and var given ? given : overHttp ? 30_000 : 300_000;
            var report = overHttp
                ? await HttpLifecycle.RunAsync(settings, count, cancellationToken)
                : await InProcessLifecycle.RunAsync(settings, count, cancellationToken);
            return report.Print(common.Json(parsed));
        });
        return command;
    }
}
