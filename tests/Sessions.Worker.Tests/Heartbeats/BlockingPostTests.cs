using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Sessions.Worker.Tests;

/// <summary>One request without the thread pool, over real sockets, to servers of every kind.</summary>
public sealed class BlockingPostTests
{
    private const string Json = """{"code":"lease_lost","runStatus":"aborted"}""";

    /// <summary>For what is to come; generous, for slow machines.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>For what does not come.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Fact]
    public void A_request_is_whole_and_names_its_host()
    {
        using var server = new RawServer(closes: true, RawServer.Ok("{}"));
        Assert.Equal((200, "{}"), Post(server));
        var request = Assert.Single(server.Requests);
        Assert.StartsWith("POST /v1/there?x=1 HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"\r\nHost: 127.0.0.1:{server.Port}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: 11\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{\"epoch\":3}", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_answer_in_chunks_is_put_together_also_when_the_connection_stays_open(bool closes)
    {
        string[] chunks = [.. Json.Chunk(7).Select(chunk => $"{chunk.Length:x};made=up\r\n{new string(chunk)}\r\n")];
        using var server = new RawServer(
            closes, ["HTTP/1.1 409 Conflict\r\nContent-Type: application/problem+json\r\ntransfer-encoding: chunked\r\n\r\n", .. chunks, "0\r\n\r\n"]);
        Assert.Equal((409, Json), Post(server));
    }

    [Fact]
    public void An_answer_that_comes_byte_by_byte_is_put_together()
    {
        var answer = "HTTP/1.1 100 Continue\r\n\r\n" + RawServer.Ok(Json);
        using var server = new RawServer(closes: false, [.. answer.Select(symbol => symbol.ToString())]);
        Assert.Equal((200, Json), Post(server));
    }

    [Fact]
    public void An_answer_of_no_length_ends_with_its_connection()
    {
        using var server = new RawServer(closes: true, "HTTP/1.1 503 Not now\r\n\r\n", Json);
        Assert.Equal((503, Json), Post(server));
    }

    [Fact]
    public void An_answer_without_a_body_is_waited_for_no_longer()
    {
        using var server = new RawServer(closes: false, "HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal((204, ""), Post(server));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"half\":")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"hal")]
    public void A_connection_that_is_closed_early_is_a_fault(string piece)
    {
        using var server = new RawServer(closes: true, piece);
        Assert.ThrowsAny<Exception>(() => Post(server));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnothing\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n")]
    public void What_is_no_answer_to_a_heartbeat_is_a_fault(string piece)
    {
        using var server = new RawServer(closes: false, piece);
        Assert.Throws<IOException>(() => Post(server));
    }

    [Theory]
    [InlineData]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{")]
    public void A_server_that_does_not_answer_to_the_end_is_left_in_time(params string[] pieces)
    {
        using var server = new RawServer(closes: false, pieces);
        var from = Stopwatch.GetTimestamp();
        Assert.ThrowsAny<Exception>(() => Post(server, Short));
        Assert.InRange(Stopwatch.GetElapsedTime(from), Short, Patience);
    }

    [Fact]
    public void A_server_that_answers_ever_so_slowly_gets_no_more_time_for_each_byte()
    {
        using var stopped = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = new Thread(() => Drip(listener, stopped.Token)) { IsBackground = true };
        serving.Start();
        var from = Stopwatch.GetTimestamp();
        Assert.ThrowsAny<Exception>(() => Post(
            new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), [IPAddress.Loopback], Short));
        Assert.InRange(Stopwatch.GetElapsedTime(from), Short, Patience);
        stopped.Cancel();
        serving.Join();
    }

    [Fact]
    public void Every_address_of_a_host_is_tried()
    {
        using var server = new RawServer(closes: true, RawServer.Ok("{}"));
        Assert.Equal((200, "{}"), Post(server.Address, [IPAddress.IPv6Loopback, IPAddress.Parse("127.0.0.9"), IPAddress.Loopback], Patience));
    }

    [Fact]
    public void A_host_on_which_nobody_listens_is_a_fault_that_says_why()
    {
        int port;
        using (var gone = new RawServer(closes: true))
            port = gone.Port;

        var fault = Assert.Throws<IOException>(() => Post(new Uri($"http://127.0.0.1:{port}/"), [IPAddress.Loopback], Patience));
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(fault.InnerException).SocketErrorCode);
    }

    [Fact]
    public void A_server_that_is_silent_over_a_secure_connection_is_left_in_time()
    {
        using var server = new RawServer(closes: false);
        var from = Stopwatch.GetTimestamp();
        Assert.ThrowsAny<Exception>(() => Post(new Uri($"https://127.0.0.1:{server.Port}/"), [IPAddress.Loopback], Short));
        Assert.InRange(Stopwatch.GetElapsedTime(from), Short, Patience);
    }

    [Fact]
    public void A_server_that_can_not_prove_its_name_is_told_nothing()
    {
        using var server = new SecureServer();
        Assert.Throws<AuthenticationException>(
            () => Post(new Uri($"https://127.0.0.1:{server.Port}/"), [IPAddress.Loopback], Patience));
        Assert.Equal("", server.Heard());
    }

    [Fact]
    public void A_name_is_resolved_to_all_its_addresses()
    {
        var hosts = new HostAddresses(TimeProvider.System);
        Assert.Contains(IPAddress.Loopback, hosts.Of("localhost"));
        Assert.Same(hosts.Of("localhost"), hosts.Of("localhost"));
        Assert.Equal([IPAddress.IPv6Loopback], hosts.Of("::1"));
    }

    private static (int Status, string Body) Post(RawServer server, TimeSpan? time = null) =>
        Post(new Uri(server.Address, "v1/there?x=1"), [IPAddress.Loopback], time ?? Patience);

    private static (int Status, string Body) Post(Uri address, IReadOnlyList<IPAddress> hosts, TimeSpan time)
    {
        var (status, body) = BlockingPost.Send(address, hosts, "{\"epoch\":3}"u8.ToArray(), new Deadline(time, TimeProvider.System));
        return (status, Encoding.UTF8.GetString(body));
    }

    /// <summary>Sends a byte of an endless head every now and then.</summary>
    private static void Drip(TcpListener listener, CancellationToken stopped)
    {
        using var socket = listener.AcceptSocket();
        try
        {
            while (!stopped.WaitHandle.WaitOne(20))
                socket.Send("x"u8.ToArray());
        }
        catch (SocketException)
        {
            // It was left.
        }
    }
}
