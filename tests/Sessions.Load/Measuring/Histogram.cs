using System.Numerics;

namespace Sessions.Load;

/// <summary>Counts durations in log-linear buckets, 32 to a power of two: 3 % exact, of fixed size, one thread at a time.</summary>
internal sealed class Histogram
{
    private const int SubBits = 5;
    private readonly long[] _buckets = new long[(64 - SubBits + 1) << SubBits];

    public long Count { get; private set; }

    public long Max { get; private set; }

    public void Record(long value)
    {
        value = Math.Max(value, 0);
        _buckets[IndexOf(value)]++;
        Count++;
        Max = Math.Max(Max, value);
    }

    public void Add(Histogram other)
    {
        for (var at = 0; at < _buckets.Length; at++)
            _buckets[at] += other._buckets[at];

        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The least value that this share of the values does not exceed, rounded up to its bucket's end.</summary>
    public long Quantile(double share)
    {
        var left = (long)Math.Ceiling(Count * share);
        for (var at = 0; at < _buckets.Length; at++)
        {
            left -= _buckets[at];
            if (left <= 0)
                return Math.Min(EndOf(at), Max);
        }

        return Max;
    }

    /// <summary>What is in it, for <see cref="AddBuckets"/> elsewhere: the buckets that hold something, each with its count.</summary>
    public IReadOnlyList<long[]> Buckets() =>
        [.. _buckets.Index().Where(bucket => bucket.Item > 0).Select(bucket => new[] { bucket.Index, bucket.Item })];

    public void AddBuckets(IEnumerable<long[]> buckets, long max)
    {
        foreach (var bucket in buckets)
        {
            _buckets[bucket[0]] += bucket[1];
            Count += bucket[1];
        }

        Max = Math.Max(Max, max);
    }

    private static int IndexOf(long value)
    {
        if (value < 1 << SubBits)
            return (int)value;

        var power = BitOperations.Log2((ulong)value);
        return ((power - SubBits + 1) << SubBits) + (int)((value >> (power - SubBits)) & ((1 << SubBits) - 1));
    }

    private static long EndOf(int index)
    {
        if (index < 1 << SubBits)
            return index;

        var shift = (index >> SubBits) - 1;
        var first = (1L << SubBits) + (index & ((1 << SubBits) - 1));
        return ((first + 1) << shift) - 1;
    }
}
