namespace Sessions.Load.Tests;

/// <summary>What figures are made of.</summary>
public sealed class MeasuringTests
{
    [Fact]
    public void A_median_is_the_middle_of_the_rounds()
    {
        Assert.Equal(3, Median.Of([100.0, 1, 3]));
        Assert.Equal(2.5, Median.Of([1.0, 100, 2, 3]));
    }

    [Fact]
    public void A_target_is_of_the_value_or_of_the_ratio()
    {
        Assert.True(Target.AtLeast(5).IsMet(5, null));
        Assert.False(Target.AtMost(20).IsMet(20.1, 1));
        Assert.True(Target.RatioAtLeast(3).IsMet(1, 3));
        Assert.False(Target.RatioAtMost(3).IsMet(1, 3.1));
    }

    [Fact]
    public void A_target_without_its_figure_is_missed()
    {
        Assert.False(Target.RatioAtMost(3).IsMet(1, null));
        Assert.False(Target.AtLeast(3).IsMet(double.NaN, null));
        Assert.False(Target.AtMost(3).IsMet(double.NaN, null));
    }

    [Fact]
    public void A_histogram_that_went_through_its_buckets_is_the_same()
    {
        var (one, other) = (new Histogram(), new Histogram());
        foreach (var value in new long[] { 1, 5, 5, 70_000, 123_456_789 })
            one.Record(value);

        other.AddBuckets(one.Buckets(), one.Max);
        Assert.Equal((one.Count, one.Max, one.Quantile(0.5), one.Quantile(0.9)), (other.Count, other.Max, other.Quantile(0.5), other.Quantile(0.9)));
    }
}
