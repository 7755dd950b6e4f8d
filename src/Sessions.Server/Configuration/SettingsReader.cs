using System.Globalization;

namespace Sessions.Server;

/// <summary>Reads values of a configuration section, and names the key of one that is wrong.</summary>
internal sealed class SettingsReader(IConfigurationSection section)
{
    public IEnumerable<IConfigurationSection> Children(string key) => section.GetSection(key).GetChildren();

    public SettingsReader Within(string key) => new(section.GetSection(key));

    public string? Text(string key) => section[key] is { Length: > 0 } text ? text : null;

    public string Word(string key, string byDefault, string[] known, string? otherwise = null)
    {
        var word = Text(key) ?? byDefault;
        return known.FirstOrDefault(candidate => candidate.Equals(word, StringComparison.OrdinalIgnoreCase))
            ?? throw Bad(key, $"'{word}' is not one of: {string.Join(", ", known)}{(otherwise is null ? "" : $" ({otherwise})")}.");
    }

    public bool Bool(string key, bool byDefault) => Text(key) is not { } text
        ? byDefault
        : bool.TryParse(text, out var value) ? value : throw Bad(key, $"'{text}' is neither true nor false.");

    public int Number(string key, int byDefault, int least, int most)
    {
        if (Text(key) is not { } text)
            return byDefault;

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Bad(key, string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a number from {least} to {most}."));
    }

    public TimeSpan Time(string key, TimeSpan byDefault, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text)
            return byDefault;

        // A bare number would be days, and so would the 24 of 24:00:00 without the exact form; nobody means that.
        return text.Contains(':') && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Bad(key, $"'{text}' is not a time from {least:c} to {most:c}, written [d.]hh:mm:ss[.fff].");
    }

    public ConfigurationException Bad(string key, string problem) => new($"{section.Path}:{key}", problem);
}
