namespace Sessions.Worker;

/// <summary>Where reports go, relative to a server's base address.</summary>
internal static class ReportPaths
{
    public static string Of(string sessionId, string runId, string report) =>
        $"v1/sessions/{Uri.EscapeDataString(sessionId)}/runs/{Uri.EscapeDataString(runId)}/{report}";
}
