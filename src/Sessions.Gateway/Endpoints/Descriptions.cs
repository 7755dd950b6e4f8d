using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>What the description at <c>/openapi/v1.json</c> says of an endpoint.</summary>
internal static class Descriptions
{
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint)
        where T : notnull => endpoint.Accepts<T>(isOptional: true, "application/json");

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses is [] ? [StatusCodes.Status200OK] : statuses)
            endpoint.Produces<T>(status, "application/json");

        return endpoint.Refuses(400, 422);
    }

    public static RouteHandlerBuilder Gives(this RouteHandlerBuilder endpoint, int status) => endpoint.Produces(status);

    public static RouteHandlerBuilder GivesEvents(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces<EventResource>(StatusCodes.Status200OK, "text/event-stream").Refuses(422);

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), [Problems.ContentType]));

        return endpoint;
    }
}
