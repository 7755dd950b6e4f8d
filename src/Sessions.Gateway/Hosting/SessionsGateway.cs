using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>The HTTP gateway over <c>ISessions</c> and <c>IRuns</c>, which the host registers.</summary>
public static class SessionsGateway
{
    /// <summary>Registers what the gateway needs.</summary>
    public static IServiceCollection AddSessionsGateway(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ReplicaState>();
        services.AddSingleton<SseStreams>();
        services.AddOptions<GatewayOptions>().Configure(configure ?? (_ => { }));
        services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = Limits.BodyBytes);
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ProtocolJson.Default));
        services.AddOpenApi("v1", openApi => openApi.AddDocumentTransformer((document, _, _) =>
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
        app.UseRouting();

        var v1 = app.MapGroup("/v1");
        v1.MapSessionEndpoints();
        v1.MapRunEndpoints();
        v1.MapEventEndpoints();
        v1.MapWorkerEndpoints();
        v1.MapAgentEndpoints();
        app.MapHealthEndpoints();
        app.MapOpenApi("/openapi/{documentName}.json");
    }
}
