using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sessions.Load;

/// <summary>A scenario's figures beside the reference's, as a table for people or a line of JSON for machines.</summary>
internal sealed class Report(string scenario, string settings)
{
    private const int NameWidth = 46;

    private readonly List<Figure> _figures = [];
    private readonly List<string> _faults = [];

    public void Add(string name, double value, double? reference = null, bool ratio = false, Target? target = null) =>
        _figures.Add(new Figure(name, value, reference, ratio && reference > 0 ? value / reference : null, target));

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
        var targets = _figures.Exists(figure => figure.Target is not null);
        text.AppendLine(Line("", "sessions", "reference", "ratio", targets ? "target" : ""));
        foreach (var figure in _figures)
            text.AppendLine(Line(figure.Name, Show(figure.Value), Show(figure.Reference), Show(figure.Ratio), figure.Verdict));

        text.AppendLine().Append(_faults.Count == 0 ? "nothing lost, nothing doubled, everything in order" : $"{_faults.Count} FAULTS:");
        foreach (var fault in _faults.Take(20))
            text.AppendLine().Append("  ").Append(fault);

        return text.ToString();
    }

    private static string Line(string name, string value, string reference, string ratio, string target) =>
        $"{name,-NameWidth}{value,14}{reference,14}{ratio,9}  {target}".TrimEnd();

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
                Number(writer, "value", figure.Value);
                Number(writer, "reference", figure.Reference);
                Number(writer, "ratio", figure.Ratio);
                if (figure.Target is { } target)
                {
                    writer.WriteString("target", target.ToString());
                    writer.WriteBoolean("met", figure.IsMet);
                }

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

    /// <summary>JSON has no number for what could not be taken.</summary>
    private static void Number(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            writer.WriteNumber(name, Math.Round(number, 4));
    }

    private static string Show(double? value) => value switch
    {
        null => "",
        { } number when !double.IsFinite(number) => "unknown",
        >= 1000 or <= -1000 => value.Value.ToString("N0", CultureInfo.InvariantCulture),
        var small => Math.Round(small.Value, 3).ToString(CultureInfo.InvariantCulture),
    };

    private sealed record Figure(string Name, double Value, double? Reference, double? Ratio, Target? Target)
    {
        public bool IsMet => Target?.IsMet(Value, Ratio) ?? true;

        public string Verdict => Target is null ? "" : $"{Target} {(IsMet ? "met" : "MISSED")}";
    }
}
