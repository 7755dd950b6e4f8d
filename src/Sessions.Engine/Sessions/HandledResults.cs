using Sessions.Core;

namespace Sessions.Engine;

internal static class HandledResults
{
    /// <summary>The outcome, which the command's rule gives in this type.</summary>
    public static Result<T> As<T>(this Handled handled)
        where T : Outcome => handled.Refusal is { } refusal
            ? Result.Refused<T>(refusal)
            : Result.Of<T>((T)handled.Outcome!);
}
