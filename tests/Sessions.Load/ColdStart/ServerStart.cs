using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sessions.Load;

/// <summary>Starts the built server as it is deployed, and waits until it is ready.</summary>
internal static class ServerStart
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static async Task<TimeSpan> MeasureAsync(string assembly, CancellationToken cancellationToken)
    {
        var address = FreeAddress();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, ArgumentList = { assembly, $"--urls=http://{address}" } };
        var from = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The server's process did not start.");
        try
        {
            process.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            while (!await IsReadyAsync(address, cancellationToken))
            {
                if (process.HasExited || Stopwatch.GetElapsedTime(from) > Bound)
                    throw new TimeoutException($"The server was not ready within {Bound}.");

                await Task.Delay(5, cancellationToken);
            }

            return Stopwatch.GetElapsedTime(from);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task<bool> IsReadyAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await HttpConnection.ConnectAsync(address, cancellationToken);
            return (await connection.GetAsync("/readyz", cancellationToken)).Status == 200;
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }

    private static IPEndPoint FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
