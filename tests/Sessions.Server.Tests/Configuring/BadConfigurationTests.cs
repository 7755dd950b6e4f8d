using System.Net;
using System.Net.Sockets;

namespace Sessions.Server.Tests;

/// <summary>Bad configuration stops the start with exit code 1 and one line that names the key.</summary>
public sealed class BadConfigurationTests
{
    [Theory]
    [InlineData("--Sessions:Engine=orleans", "Sessions:Engine")]
    [InlineData("--Sessions:Store=postgres", "ConnectionStrings:Sessions")]
    [InlineData("--Sessions:Store=sqlite", "Sessions:Store")]
    [InlineData("--Sessions:Lease:Ttl=soon", "Sessions:Lease:Ttl")]
    [InlineData("--Sessions:Lease:Ttl=15", "Sessions:Lease:Ttl")]
    [InlineData("--Sessions:Lease:Ttl=00:00:00", "Sessions:Lease:Ttl")]
    [InlineData("--Sessions:Runs:QueueTimeout=48:00:00", "Sessions:Runs:QueueTimeout")]
    [InlineData("--Sessions:DefaultAgent=nobody", "Sessions:DefaultAgent")]
    [InlineData("--Sessions:Agents:x:Kind=magic", "Sessions:Agents:x:Kind")]
    [InlineData("--Sessions:Agents:x:Kind=process", "Sessions:Agents:x:Command")]
    [InlineData("--urls=http://0.0.0.0:0", "urls")]
    [InlineData("--urls=http://localhost:0", "urls")]
    public async Task The_process_ends_with_1_and_one_line_that_names_the_key(string arg, string key) => await FailsAsync(key, null, "--urls=http://127.0.0.1:0", arg);

    [Fact]
    public async Task Ports_of_every_address_are_refused() =>
        await FailsAsync("http_ports", new Dictionary<string, string> { ["ASPNETCORE_HTTP_PORTS"] = "8080" });

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await FailsAsync("urls", null, $"--urls=http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}");
    }

    [Theory]
    [InlineData("Sessions:Lease:SweepInterval", "00:00:00")]
    [InlineData("Sessions:Lease:Ttl", "-00:00:15")]
    [InlineData("Sessions:Lease:Ttl", "24:00:00")]
    [InlineData("Sessions:Runs:Timeout", "8.00:00:00")]
    [InlineData("Sessions:Runs:Timeout", "1h")]
    [InlineData("Sessions:Runs:QueueTimeout", "never")]
    [InlineData("Sessions:Runs:MaxQueued", "-1")]
    [InlineData("Sessions:Runs:MaxQueued", "many")]
    [InlineData("Sessions:Runs:MaxQueued", "10001")]
    [InlineData("Sessions:Workers:InProcess", "1")]
    [InlineData("Sessions:Workers:MaxConcurrency", "0")]
    [InlineData("Sessions:Agents:x:Kind", "")]
    [InlineData("Sessions:Agents:a b:Kind", "echo")]
    [InlineData("Sessions:Agents:echo:WordDelay", "20")]
    [InlineData("Sessions:Agents:echo:WordDelay", "-00:00:01")]
    [InlineData("Sessions:Agents:openai:BaseUrl", "not a url")]
    [InlineData("Sessions:Agents:openai:BaseUrl", "ftp://x")]
    [InlineData("Sessions:Agents:openai:ApiKey", "schlüssel")]
    [InlineData("OPENAI_BASE_URL", "nowhere")]
    [InlineData("OPENAI_API_KEY", "two\nlines")]
    [InlineData("Sessions:Store", "two\nlines")]
    [InlineData("http_ports", "80")]
    [InlineData("https_ports", "443")]
    [InlineData("urls", "http://*:5080")]
    [InlineData("urls", "http://+:5080")]
    [InlineData("urls", "http://10.0.0.1:5080")]
    [InlineData("urls", "http://example.com:5080")]
    [InlineData("urls", "http://127.0.0.1:0;http://[::]:0")]
    [InlineData("urls", "5080")]
    [InlineData("Kestrel:Endpoints:Http:Url", "http://0.0.0.0:5080")]
    public void A_key_with_a_value_that_it_can_not_have_is_named(string key, string value)
    {
        var refused = Assert.Throws<ConfigurationException>(() => SessionsServer.Create([$"--{key}={value}"]));
        Assert.Equal(key, refused.Key);
        Assert.StartsWith($"{key}: ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("Command")]
    [InlineData("Command", "Command= ")]
    [InlineData("Format", "Command=cat", "Format=xml")]
    [InlineData("Arguments", "Command=cat", "Arguments=-a -b")]
    [InlineData("Arguments:first", "Command=cat", "Arguments:first=-a")]
    [InlineData("Arguments:0", "Command=cat", "Arguments:0:0=-a")]
    [InlineData("Arguments:0", "Command=cat", "Arguments:0=\0")]
    [InlineData("Environment", "Command=cat", "Environment=A=b")]
    [InlineData("Environment:A", "Command=cat", "Environment:A:B=c")]
    [InlineData("MaxConcurrency", "Command=cat", "MaxConcurrency=0")]
    [InlineData("MaxConcurrency", "Command=cat", "MaxConcurrency=some")]
    public void A_key_of_a_process_agent_is_named(string key, params string[] values)
    {
        const string Agent = "Sessions:Agents:x";
        var refused = Assert.Throws<ConfigurationException>(
            () => SessionsServer.Create([$"--{Agent}:Kind=process", .. values.Select(value => $"--{Agent}:{value}")]));
        Assert.Equal($"{Agent}:{key}", refused.Key);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.8.8.8:0")]
    [InlineData("http://[::1]:0;http://LOCALHOST:5080")]
    [InlineData("")]
    public async Task Loopback_addresses_are_taken(string urls)
    {
        await using var app = SessionsServer.Create([$"--urls={urls}"]);
        Assert.NotNull(app);
    }

    private static async Task FailsAsync(string key, IReadOnlyDictionary<string, string>? environment, params string[] args)
    {
        await using var server = ServerProcess.Spawn(environment, args);
        Assert.Equal(1, await server.ExitAsync());
        var line = Assert.Single(server.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"{key}: ", line, StringComparison.Ordinal);
    }
}
