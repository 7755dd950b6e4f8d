using Microsoft.Win32.SafeHandles;

namespace Sessions.Cli;

/// <summary>Standard output, so that writing to a pipe that nobody reads fails instead of going nowhere for ever.</summary>
internal static class StandardOutput
{
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return Console.OpenStandardOutput();
        }

        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        // Into a file FileStream would write at positions of its own, past what other processes write to the same one.
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }
}
