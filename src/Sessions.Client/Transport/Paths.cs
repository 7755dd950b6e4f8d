using System.Globalization;

namespace Sessions.Client;

/// <summary>The paths of the API, relative to the base address.</summary>
internal static class Paths
{
    public const string Sessions = "v1/sessions";

    public const string Agents = "v1/agents";

    public static string Session(string id) => $"{Sessions}/{Uri.EscapeDataString(id)}";

    public static string Of(string sessionId, string part) => $"{Session(sessionId)}/{part}";

    public static string Run(string sessionId, string runId, int waitSeconds) =>
        Of(sessionId, $"runs/{Uri.EscapeDataString(runId)}{Query(("waitSeconds", waitSeconds == 0 ? null : Text(waitSeconds)))}");

    public static string Events(string sessionId, long after, string? runId) =>
        Of(sessionId, $"events{Query(("after", Text(after)), ("runId", runId))}");

    public static string Watch(string snapshot) => $"{Sessions}/watch{Query(("snapshot", snapshot))}";

    /// <summary>A query of the pairs that have a value, with its question mark; empty when none has.</summary>
    public static string Query(params ReadOnlySpan<(string Key, string? Value)> pairs)
    {
        var query = "";
        foreach (var (key, value) in pairs)
        {
            if (value is not null)
            {
                query += $"{(query.Length == 0 ? '?' : '&')}{key}={Uri.EscapeDataString(value)}";
            }
        }

        return query;
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
