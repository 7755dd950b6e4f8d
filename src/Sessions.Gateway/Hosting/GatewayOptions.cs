namespace Sessions.Gateway;

/// <summary>What can be set about the gateway. All times are positive.</summary>
public sealed class GatewayOptions
{
    /// <summary>How often a silent stream carries a comment. Default 15 s.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a stream's client may take nothing before it is let go. Default 60 s; noticed at the next ping.
    /// </summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// True to refuse requests whose <c>Host</c> is a domain's name, as is right for a server on loopback without
    /// authentication. Default false.
    /// </summary>
    public bool LocalNamesOnly { get; set; }
}
