using System.Globalization;

namespace Sessions.Load;

/// <summary>What a figure is to reach: itself, or its ratio to the reference.</summary>
internal sealed record Target
{
    private readonly double _bound;
    private readonly bool _least;
    private readonly bool _ofRatio;

    private Target(double bound, bool least, bool ofRatio)
    {
        _bound = bound;
        _least = least;
        _ofRatio = ofRatio;
    }

    public static Target AtLeast(double value) => new(value, least: true, ofRatio: false);

    public static Target AtMost(double value) => new(value, least: false, ofRatio: false);

    public static Target RatioAtLeast(double ratio) => new(ratio, least: true, ofRatio: true);

    public static Target RatioAtMost(double ratio) => new(ratio, least: false, ofRatio: true);

    /// <summary>False also where the ratio that is asked for could not be taken.</summary>
    public bool IsMet(double value, double? ratio) =>
        (_ofRatio ? ratio : value) is { } seen && (_least ? seen >= _bound : seen <= _bound);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(_least ? ">=" : "<=")} {_bound:#,0.##}{(_ofRatio ? "x" : "")}");
}
