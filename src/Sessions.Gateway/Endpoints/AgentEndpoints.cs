using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sessions.Engine;
using Sessions.Protocol;

namespace Sessions.Gateway;

internal static class AgentEndpoints
{
    public static void MapAgentEndpoints(this IEndpointRouteBuilder v1) =>
        v1.MapGet("/agents", List).Gives<AgentList>().WithSummary("List the agents that runs can be sent to");

    private static Task List(HttpContext context, ISessions sessions) => context.AnswerAsync(
        200,
        new AgentList([.. sessions.Agents(Fields.Tenant).Select(agent => new AgentResource(agent.Name.Value, agent.Kind, agent.Workers))]),
        ProtocolJson.Wire.AgentList);
}
