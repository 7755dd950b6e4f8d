namespace Sessions.Protocol;

/// <summary>The limits of the wire. Sizes are in bytes of UTF-8.</summary>
public static class Limits
{
    /// <summary>A message's text: 256 KiB.</summary>
    public const int MessageTextBytes = 256 * 1024;

    /// <summary>A session's metadata, keys and values together: 16 KiB.</summary>
    public const int MetadataBytes = 16 * 1024;

    /// <summary>A session's title: 1 KiB.</summary>
    public const int TitleBytes = 1024;

    /// <summary>One output item, its texts and JSON together: 64 KiB.</summary>
    public const int OutputItemBytes = 64 * 1024;

    /// <summary>Output items in one call.</summary>
    public const int OutputItems = 1000;

    /// <summary>A reported usage: 16 KiB.</summary>
    public const int UsageBytes = 16 * 1024;

    /// <summary>How deep a tool's arguments and results, and a usage, may nest: readers stop at 64, answers add levels of their own.</summary>
    public const int JsonDepth = 32;

    /// <summary>An error message: 8 KiB.</summary>
    public const int ErrorMessageBytes = 8 * 1024;

    /// <summary>An error code, in characters.</summary>
    public const int ErrorCodeLength = 64;

    /// <summary>A request body: 1 MiB.</summary>
    public const int BodyBytes = 1024 * 1024;

    /// <summary>An idempotency key: 256 bytes.</summary>
    public const int IdempotencyKeyBytes = 256;

    /// <summary>An id, in characters.</summary>
    public const int IdLength = 128;

    /// <summary>The most that <c>waitSeconds</c> may ask for.</summary>
    public const int WaitSeconds = 60;

    /// <summary>The most that <c>limit</c> may ask for.</summary>
    public const int PageSize = 1000;

    /// <summary>The page size when <c>limit</c> is not given.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>The most that <c>timeoutSeconds</c> may ask for: seven days.</summary>
    public const int TimeoutSeconds = 7 * 24 * 3600;

    /// <summary>The most that <c>maxAttempts</c> may ask for.</summary>
    public const int MaxAttempts = 10;

    /// <summary>The most that one claim may ask for.</summary>
    public const int ClaimMax = 100;
}
