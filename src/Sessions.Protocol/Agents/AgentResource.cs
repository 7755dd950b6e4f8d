namespace Sessions.Protocol;

/// <summary>An agent that runs can be sent to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is: <c>echo</c>, <c>openai</c>, <c>process</c> or <c>remote</c>.</param>
/// <param name="Workers">How many connected workers run it.</param>
public sealed record AgentResource(string Name, string Kind, int Workers);

/// <summary>The known agents, by name.</summary>
/// <param name="Items">The agents.</param>
public sealed record AgentList(IReadOnlyList<AgentResource> Items);
