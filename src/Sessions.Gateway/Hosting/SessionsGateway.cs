using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>The HTTP gateway over <c>ISessions</c> and <c>IRuns</c>, which the host registers.</summary>
public static class SessionsGateway
{
    /// <summary>
    /// What is received of one body at most, and so what a refused client may still send to hear why. Greater than a body may
    /// be, since the framing of chunks counts here.
    /// </summary>
    private const long MostReceived = 8L * Limits.BodyBytes;

    private const string Description = "v1";

    /// <summary>Registers what the gateway needs.</summary>
    public static IServiceCollection AddSessionsGateway(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ReplicaState>();
        services.AddSingleton<SseStreams>();
        services.AddOptions<GatewayOptions>().Configure(configure ?? (_ => { }));
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = MostReceived);
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ProtocolJson.Default));
        services.AddOpenApi(Description, openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Sessions";
            document.Info.Version = "v1";
            document.Servers?.Clear();
            return Task.CompletedTask;
        }));
        return services;
    }

    /// <summary>Maps the API under <c>/v1</c>, health, and the API's description.</summary>
    public static void MapSessions(this WebApplication app)
    {
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<LocalNames>();
        app.UseRouting();

        var v1 = app.MapGroup("/v1");
        v1.MapSessionEndpoints();
        v1.MapRunEndpoints();
        v1.MapEventEndpoints();
        v1.MapWorkerEndpoints();
        v1.MapAgentEndpoints();
        app.MapHealthEndpoints();
        app.MapOpenApi("/openapi/{documentName}.json").AddEndpointFilter(OnlyDescription);
    }

    private static ValueTask<object?> OnlyDescription(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (Description.Equals(http.GetRouteValue("documentName")))
            return next(context);

        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return ValueTask.FromResult<object?>(EmptyHttpResult.Instance);
    }

    /// <summary>
    /// Lets go of all who wait: requests are answered with how things stand; open streams are reset once they have what
    /// happened before the call, or after 2 s; those that are opened later are reset at once.
    /// </summary>
    public static Task LetGoAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        services.GetRequiredService<ReplicaState>().Leave();
        return services.GetRequiredService<SseStreams>().ResetAllAsync(cancellationToken);
    }
}
