using Sessions.Core;

namespace Sessions.Engine;

internal static class AnswerResults
{
    /// <summary>The outcome, which the command's rule gives in this type.</summary>
    public static Result<T> As<T>(this Answer answer)
        where T : Outcome => answer.Refusal is { } refusal
            ? Result.Refused<T>(refusal)
            : Result.Of<T>((T)answer.Outcome!);
}
