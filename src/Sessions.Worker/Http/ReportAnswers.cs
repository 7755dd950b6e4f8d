using Sessions.Protocol;

namespace Sessions.Worker;

/// <summary>Reads the refusals of reports.</summary>
internal static class ReportAnswers
{
    /// <summary>The refusals that no repetition changes; null for every other answer.</summary>
    public static ReportResult? Refusal(Problem? problem) => problem?.Code switch
    {
        ProblemCodes.LeaseLost => new ReportResult.LeaseLost(problem.RunStatus),
        ProblemCodes.RunNotFound or ProblemCodes.SessionNotFound or ProblemCodes.SessionDeleted => new ReportResult.LeaseLost(null),
        _ => null,
    };
}
