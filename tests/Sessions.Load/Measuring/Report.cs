using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sessions.Load;

/// <summary>A scenario's figures beside the reference's, as a table for people or a line of JSON for machines.</summary>
internal sealed class Report(string scenario, string settings)
{
    private readonly List<Figure> _figures = [];
    private readonly List<string> _faults = [];

    public void Add(string name, double value, double? reference = null, bool ratio = false) =>
        _figures.Add(new Figure(name, value, reference, ratio && reference > 0 ? value / reference : null));

    public void Add(string name, LatencySummary latency, LatencySummary? reference = null)
    {
        Add($"{name} p50, ms", latency.P50, reference?.P50);
        Add($"{name} p99, ms", latency.P99, reference?.P99);
        Add($"{name} max, ms", latency.Max, reference?.Max);
    }

    public void Collections(MemorySample value, MemorySample? reference = null)
    {
        Add("collections gen 0", value.Gen0, reference?.Gen0);
        Add("collections gen 1", value.Gen1, reference?.Gen1);
        Add("collections gen 2", value.Gen2, reference?.Gen2);
    }

    public void Fail(IEnumerable<string> faults) => _faults.AddRange(faults);

    /// <summary>Prints it.</summary>
    /// <returns>The exit code.</returns>
    public int Print(bool json)
    {
        Console.Out.WriteLine(json ? Json() : Table());
        return _faults.Count == 0 ? ExitCodes.Fine : ExitCodes.Faulty;
    }

    private string Table()
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{scenario}: {settings}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"",-34}{"sessions",14}{"reference",14}{"ratio",9}");
        foreach (var figure in _figures)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{figure.Name,-34}{Show(figure.Value),14}{Show(figure.Reference),14}{Show(figure.Ratio),9}");
        }

        text.AppendLine().Append(_faults.Count == 0 ? "nothing lost, nothing doubled, everything in order" : $"{_faults.Count} FAULTS:");
        foreach (var fault in _faults.Take(20))
            text.AppendLine().Append("  ").Append(fault);

        return text.ToString();
    }

    private string Json()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("scenario", scenario);
            writer.WriteString("settings", settings);
            writer.WriteStartObject("figures");
            foreach (var figure in _figures)
            {
                writer.WriteStartObject(figure.Name);
                writer.WriteNumber("value", Math.Round(figure.Value, 4));
                if (figure.Reference is { } reference)
                    writer.WriteNumber("reference", Math.Round(reference, 4));

                if (figure.Ratio is { } ratio)
                    writer.WriteNumber("ratio", Math.Round(ratio, 4));

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteNumber("faults", _faults.Count);
            writer.WriteStartArray("firstFaults");
            foreach (var fault in _faults.Take(20))
                writer.WriteStringValue(fault);

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Show(double? value) => value switch
    {
        null => "",
        >= 1000 or <= -1000 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        var small => Math.Round(small.Value, 3).ToString(CultureInfo.InvariantCulture),
    };

    private sealed record Figure(string Name, double Value, double? Reference, double? Ratio);
}
