using System.Runtime.InteropServices;

namespace Sessions.Worker;

/// <summary>A child process could not be started.</summary>
internal sealed class SpawnException(string message) : Exception(message)
{
    public static SpawnException Of(string command, int error) =>
        new($"'{command}' can't be started: {Marshal.GetPInvokeErrorMessage(error)}.");
}
