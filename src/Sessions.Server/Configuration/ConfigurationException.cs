namespace Sessions.Server;

/// <summary>The configuration is bad; the message is one line that names the key.</summary>
/// <param name="key">The key, as <c>Sessions:Lease:Ttl</c>.</param>
/// <param name="problem">What is wrong with it.</param>
public sealed class ConfigurationException(string key, string problem) : Exception(OneLine($"{key}: {problem}"))
{
    /// <summary>The key.</summary>
    public string Key => key;

    /// <summary>The text with spaces for what would begin a new line, or worse, on a terminal.</summary>
    internal static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).TrimEnd();
}
