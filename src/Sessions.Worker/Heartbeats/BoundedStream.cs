using System.Net.Sockets;

namespace Sessions.Worker;

/// <summary>A socket's stream whose reads and writes all together take no longer than a deadline allows.</summary>
internal sealed class BoundedStream(Socket socket, Deadline deadline) : NetworkStream(socket)
{
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        Socket.ReceiveTimeout = deadline.LeftMilliseconds;
        return Socket.Receive(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            Socket.SendTimeout = deadline.LeftMilliseconds;
            buffer = buffer[Socket.Send(buffer)..];
        }
    }
}
