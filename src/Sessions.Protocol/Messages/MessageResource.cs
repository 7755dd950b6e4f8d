namespace Sessions.Protocol;

/// <summary>A message of a session's transcript.</summary>
/// <param name="Id">The id, unique in its session.</param>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Text">The text; of a failed or aborted run, as much as there was.</param>
/// <param name="RunId">The run that it belongs to.</param>
/// <param name="Status">The run's status, one of <see cref="RunStatuses"/>.</param>
/// <param name="At">When it was said, UTC.</param>
/// <param name="Seq">The log record that it came with: messages are listed in this order.</param>
public sealed record MessageResource(
    string Id, string Role, string Text, string RunId, string Status, DateTimeOffset At, long Seq);

/// <summary>The values of <see cref="MessageResource.Role"/>.</summary>
public static class MessageRoles
{
    /// <summary>What was sent.</summary>
    public const string User = "user";

    /// <summary>What was answered.</summary>
    public const string Assistant = "assistant";
}

/// <summary>Messages of a session, oldest first. For the next page, ask for those after the last one's seq.</summary>
/// <param name="Items">The messages.</param>
public sealed record MessageList(IReadOnlyList<MessageResource> Items);
