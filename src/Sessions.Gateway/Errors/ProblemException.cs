using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Ends a request with a problem. Thrown where a request is read, caught where it is answered.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem => problem;

    public static ProblemException Invalid(string field, string detail) =>
        new(Problems.Of(ProblemCodes.InvalidRequest, detail, field));

    public static ProblemException Of(string code, string detail, string? field = null) => new(Problems.Of(code, detail, field));
}
