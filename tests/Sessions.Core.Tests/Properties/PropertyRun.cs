using FsCheck;
using FsCheck.Fluent;
using Sessions.Core.Tests.Checking;
using Sessions.Core.Tests.Model;

namespace Sessions.Core.Tests.Properties;

/// <summary>Checks a statement on random sequences; a failure shows the smallest sequence found and the seed.</summary>
internal static class PropertyRun
{
    public const int Cases = 2000;

    /// <summary>Change it to look elsewhere; a failure prints the one to replay.</summary>
    private const ulong Seed = 20260101;

    /// <summary>No step of any sequence breaks a rule of the invariant.</summary>
    public static void Holds(int invariant, Fault faults = Fault.None)
    {
        Rule[] rules = [.. Rule.All.Where(rule => rule.Invariant == invariant)];
        Holds(player =>
        {
            foreach (var step in player.Steps)
            {
                foreach (var finding in Rule.Broken(step, rules))
                {
                    if (finding.Invariant == invariant)
                        return $"{finding}{Environment.NewLine}  at {(object?)step.Command ?? step.Write}";
                }
            }

            return null;
        }, faults);
    }

    /// <summary>What <paramref name="broken"/> says of a played sequence is null.</summary>
    public static void Holds(Func<Player, string?> broken, Fault faults = Fault.None)
    {
        var property = Prop.ForAll(Operations.Sequences, operations =>
        {
            if (broken(Player.Play(operations, faults)) is { } what)
                throw new BrokenException(what, operations);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases).WithReplay(new Replay(new Rnd(Seed), null)), property);
    }
}

/// <summary>A sequence that broke a statement.</summary>
internal sealed class BrokenException(string what, Operation[] operations)
    : Exception($"{what}\n  after {operations.Length} operations:\n    {string.Join("\n    ", operations.AsEnumerable())}");
