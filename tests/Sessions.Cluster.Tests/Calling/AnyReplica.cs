using Sessions.Testing;

namespace Sessions.Cluster.Tests;

/// <summary>Sends each request to a random replica, whatever its address says: a load balancer for the .NET client.</summary>
internal sealed class AnyReplica(Cluster cluster, Dice dice) : DelegatingHandler(new SocketsHttpHandler
{
    ConnectTimeout = TimeSpan.FromSeconds(3),
    MaxResponseDrainSize = 0,
})
{
    /// <summary>What the client takes for its server.</summary>
    public static readonly Uri Front = new("http://127.0.0.1:1/");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = dice.Choose(cluster.Replicas).Address
            ?? throw new HttpRequestException(HttpRequestError.ConnectionError, "The replica is down.");
        request.RequestUri = new Uri(address, request.RequestUri!.PathAndQuery);
        return base.SendAsync(request, cancellationToken);
    }
}
