using System.CommandLine;

namespace Sessions.Load;

/// <summary>
/// How a scenario alternates with its reference: reference, product, reference, product. A machine's other work then
/// meets both, and the medians leave out a round that it spoiled.
/// </summary>
/// <param name="Count">How many rounds of each.</param>
/// <param name="Warm">How long both are warmed up: their hot paths are compiled meanwhile.</param>
internal sealed record RoundSettings(int Count, TimeSpan Warm)
{
    /// <summary>Adds the options.</summary>
    public static RoundOptions AddTo(Command command) => new(
        CommonOptions.Number(command, "--rounds", "Store postgres: rounds of reference and product; medians are reported.", 3, 1, 50),
        CommonOptions.Number(command, "--warm-seconds", "Store postgres: how long to warm up.", 5, 0, 600));
}

/// <summary>The options behind <see cref="RoundSettings"/>.</summary>
internal sealed record RoundOptions(Option<int> Count, Option<int> WarmSeconds)
{
    public RoundSettings Read(ParseResult parsed) => new(parsed.GetValue(Count), TimeSpan.FromSeconds(parsed.GetValue(WarmSeconds)));
}
