using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sessions.Gateway;

internal static class HealthEndpoints
{
    public static void MapHealthEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", (Delegate)Live).WithSummary("200 while the process lives");
        endpoints.MapGet("/readyz", Ready).WithSummary("200 while the replica takes new work, else 503");
    }

    private static Task Live(HttpContext context) => WriteAsync(context, 200, """{"status":"ok"}""");

    private static Task Ready(HttpContext context, ReplicaState replica) => replica.IsDraining
        ? WriteAsync(context, 503, """{"status":"draining"}""")
        : WriteAsync(context, 200, """{"status":"ready"}""");

    private static Task WriteAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }
}
