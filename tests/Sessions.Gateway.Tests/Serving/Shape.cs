using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sessions.Gateway.Tests;

/// <summary>Checks resources against the wire's description: names, types, nulls, times.</summary>
internal static partial class Shape
{
    public static JsonElement Session(JsonElement session)
    {
        OnlyHas(
            session, "id", "agent", "title", "metadata", "status", "hasActiveRun", "activeRunId", "queuedRunIds", "binding",
            "lastError", "lastRun", "version", "lastSeq", "generation", "createdAt", "updatedAt", "deleted");
        Assert.NotNull(session.Text("id"));
        Assert.NotNull(session.Text("agent"));
        Assert.Equal(JsonValueKind.Object, session.GetProperty("metadata").ValueKind);
        Assert.All(session.GetProperty("metadata").EnumerateObject(), entry => Assert.Equal(JsonValueKind.String, entry.Value.ValueKind));
        Assert.Contains(session.Text("status"), new[] { "idle", "queued", "running", "error", "stopped" });
        var queued = session.Texts("queuedRunIds");
        Assert.Equal(session.Flag("hasActiveRun"), queued.Length > 0 || !session.IsNull("activeRunId"));
        Assert.Equal(session.Text("status") == "running", !session.IsNull("activeRunId"));
        var binding = session.GetProperty("binding");
        OnlyHas(binding, "state", "agent");
        Assert.Contains(binding.Text("state"), new[] { "none", "bound", "stopped" });
        Assert.Equal(binding.Text("state") == "none", binding.IsNull("agent"));
        if (!session.IsNull("lastError"))
        {
            var error = session.GetProperty("lastError");
            OnlyHas(error, "code", "message", "runId", "at");
            Assert.NotNull(error.Text("code"));
            Assert.NotNull(error.Text("message"));
            Assert.NotNull(error.Text("runId"));
            Time(error, "at");
        }

        if (!session.IsNull("lastRun"))
        {
            var run = session.GetProperty("lastRun");
            OnlyHas(run, "id", "status", "endedAt");
            Assert.Contains(run.Text("status"), new[] { "completed", "failed", "aborted" });
            Time(run, "endedAt");
        }

        Assert.True(session.Number("version") >= 1);
        Assert.True(session.Number("lastSeq") >= 1);
        Assert.True(session.Number("generation") >= 1);
        Time(session, "createdAt");
        Time(session, "updatedAt");
        return session;
    }

    public static JsonElement Run(JsonElement run)
    {
        OnlyHas(
            run, "id", "sessionId", "agent", "status", "idempotencyKey", "attempt", "workerId", "input", "output", "usage",
            "error", "abortReason", "queuedAt", "startedAt", "endedAt");
        Assert.NotNull(run.Text("id"));
        Assert.NotNull(run.Text("sessionId"));
        Assert.NotNull(run.Text("agent"));
        var status = run.Text("status");
        Assert.Contains(status, new[] { "queued", "running", "completed", "failed", "aborted" });
        Assert.True(run.Number("attempt") >= 0);
        OnlyHas(run.GetProperty("input"), "text");
        Assert.NotNull(run.GetProperty("input").Text("text"));
        var terminal = status is "completed" or "failed" or "aborted";
        Assert.Equal(terminal, !run.IsNull("endedAt"));
        Assert.Equal(status == "failed", !run.IsNull("error"));
        Assert.Equal(status == "aborted", !run.IsNull("abortReason"));
        if (!run.IsNull("output"))
            Assert.NotNull(run.GetProperty("output").Text("text"));

        if (!run.IsNull("error"))
            OnlyHas(run.GetProperty("error"), "code", "message");

        Time(run, "queuedAt");
        foreach (var time in new[] { "startedAt", "endedAt" })
        {
            if (!run.IsNull(time))
                Time(run, time);
        }

        return run;
    }

    public static JsonElement Message(JsonElement message)
    {
        OnlyHas(message, "id", "role", "text", "runId", "status", "at", "seq");
        Assert.NotNull(message.Text("id"));
        Assert.Contains(message.Text("role"), new[] { "user", "assistant" });
        Assert.NotNull(message.Text("text"));
        Assert.NotNull(message.Text("runId"));
        Assert.NotNull(message.Text("status"));
        Time(message, "at");
        Assert.True(message.Number("seq") > 0);
        return message;
    }

    public static JsonElement Lease(JsonElement lease)
    {
        OnlyHas(lease, "epoch", "ttlSeconds", "expiresAt");
        Assert.True(lease.Number("epoch") > 0);
        Assert.True(lease.GetProperty("ttlSeconds").GetDouble() > 0);
        Time(lease, "expiresAt");
        return lease;
    }

    /// <summary>Checks that a time is RFC 3339 in UTC, written with a Z.</summary>
    public static DateTimeOffset Time(JsonElement element, string property)
    {
        var text = element.Text(property);
        Assert.NotNull(text);
        Assert.Matches(Utc(), text);
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
    }

    public static void OnlyHas(JsonElement element, params string[] properties) =>
        Assert.All(element.EnumerateObject(), property => Assert.Contains(property.Name, properties));

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\z")]
    private static partial Regex Utc();
}
