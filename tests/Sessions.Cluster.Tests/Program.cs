using System.CommandLine;
using System.Diagnostics;

namespace Sessions.Cluster.Tests;

/// <summary>The long form: rounds of the same kind, each from a seed of its own, for as long as asked.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        var minutes = new Option<double>("--minutes") { Description = "How long to begin new rounds.", DefaultValueFactory = _ => 10 };
        var seed = new Option<int>("--seed")
        {
            Description = "The first round's seed; each further one has the next.",
            DefaultValueFactory = _ => Environment.TickCount & 0xFFFFF,
        };
        var root = new RootCommand("Kills servers and databases under load and checks what everybody saw.") { minutes, seed };
        root.SetAction(parsed => RunAsync(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed)));
        return root.Parse(args).InvokeAsync();
    }

    private static async Task<int> RunAsync(TimeSpan time, int seed)
    {
        var from = Stopwatch.GetTimestamp();
        var failed = 0;
        do
        {
            try
            {
                var result = await new Round(seed, Plan.Of(seed), Console.WriteLine).RunAsync();
                Console.WriteLine(result);
                result.Holds();
            }
            catch (Exception exception)
            {
                failed++;
                await Console.Error.WriteLineAsync($"Seed {seed} failed: {exception}");
            }

            seed++;
        }
        while (Stopwatch.GetElapsedTime(from) < time);

        Console.WriteLine($"{failed} rounds failed.");
        return failed == 0 ? 0 : 1;
    }
}
