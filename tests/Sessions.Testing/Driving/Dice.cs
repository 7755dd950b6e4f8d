using Xunit.Abstractions;

namespace Sessions.Testing;

/// <summary>
/// Chance from a seed that it prints; set <c>SESSIONS_TEST_SEED</c> to throw the same again. Thread-safe.
/// </summary>
public sealed class Dice
{
    private readonly Lock _gate = new();
    private readonly Random _random;

    public Dice(ITestOutputHelper output)
        : this(SeedOfRun())
    {
        output.WriteLine($"SESSIONS_TEST_SEED={Seed}");
    }

    public Dice(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
    }

    public int Seed { get; }

    /// <summary>A number from 0 to below <paramref name="limit"/>.</summary>
    public int Below(int limit)
    {
        lock (_gate)
            return _random.Next(limit);
    }

    /// <summary>True once in <paramref name="often"/> times.</summary>
    public bool Once(int often) => Below(often) == 0;

    public T Choose<T>(IReadOnlyList<T> among) => among[Below(among.Count)];

    private static int SeedOfRun() =>
        int.TryParse(Environment.GetEnvironmentVariable("SESSIONS_TEST_SEED"), out var seed) ? seed : Environment.TickCount & 0xFFFFFF;
}
