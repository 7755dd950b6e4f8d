using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Sessions.Cli;

/// <summary>Numbers on the command line.</summary>
internal static class Numbers
{
    /// <summary>Refuses a number out of range; what is no number at all is refused by the parser.</summary>
    public static void Require<T>(this Option option, Func<T, bool> isInRange, string otherwise)
        where T : INumber<T> =>
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token]
                && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var number)
                && !isInRange(number))
            {
                result.AddError(otherwise);
            }
        });
}
