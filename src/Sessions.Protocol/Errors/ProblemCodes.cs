namespace Sessions.Protocol;

/// <summary>The values of <see cref="Problem.Code"/>, with the status that each comes with.</summary>
public static class ProblemCodes
{
    /// <summary>400: the body is not JSON.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>422: a field, header or query key has a value that it can't have.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>422: an id is not <c>[A-Za-z0-9._:-]{1,128}</c>.</summary>
    public const string InvalidId = "invalid_id";

    /// <summary>422: a cursor (<c>after</c>, <c>Last-Event-ID</c>, <c>cursor</c>) is none that the server gave.</summary>
    public const string InvalidCursor = "invalid_cursor";

    /// <summary>413: the request body is over <see cref="Limits.BodyBytes"/>.</summary>
    public const string BodyTooLarge = "body_too_large";

    /// <summary>413: a text is over its limit.</summary>
    public const string TextTooLarge = "text_too_large";

    /// <summary>413: the metadata is over <see cref="Limits.MetadataBytes"/>.</summary>
    public const string MetadataTooLarge = "metadata_too_large";

    /// <summary>413: an output item is over <see cref="Limits.OutputItemBytes"/>.</summary>
    public const string OutputItemTooLarge = "output_item_too_large";

    /// <summary>422: an idempotency key is over <see cref="Limits.IdempotencyKeyBytes"/>, or empty.</summary>
    public const string InvalidIdempotencyKey = "invalid_idempotency_key";

    /// <summary>415: the body is not <c>application/json</c>.</summary>
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>404: there is no such path.</summary>
    public const string NotFound = "not_found";

    /// <summary>405: the path does not take this method.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>404.</summary>
    public const string SessionNotFound = "session_not_found";

    /// <summary>410.</summary>
    public const string SessionDeleted = "session_deleted";

    /// <summary>409: the session exists and differs from what was asked for.</summary>
    public const string SessionConflict = "session_conflict";

    /// <summary>409: the session has a run, and the send said <c>ifBusy: reject</c>.</summary>
    public const string SessionBusy = "session_busy";

    /// <summary>404.</summary>
    public const string RunNotFound = "run_not_found";

    /// <summary>409: the run id is in use.</summary>
    public const string RunConflict = "run_conflict";

    /// <summary>404: no agent of that name is configured, nor announced by a worker.</summary>
    public const string AgentNotFound = "agent_not_found";

    /// <summary>409: the session is bound to another agent.</summary>
    public const string AgentMismatch = "agent_mismatch";

    /// <summary>409: the key was used with another payload.</summary>
    public const string IdempotencyKeyReused = "idempotency_key_reused";

    /// <summary>429: as many runs wait as may.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>409: the cursor lies beyond the session's log.</summary>
    public const string CursorAhead = "cursor_ahead";

    /// <summary>409: the epoch is not that of a running run's lease.</summary>
    public const string LeaseLost = "lease_lost";

    /// <summary>409: a batch of output before this one is missing; send them one at a time, in order.</summary>
    public const string BatchOutOfOrder = "batch_out_of_order";

    /// <summary>400: the HTTP request itself can't be read.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>400: the server does not answer to the name that the request was sent to.</summary>
    public const string HostNotAllowed = "host_not_allowed";

    /// <summary>503: the replica is going down and takes no more runs.</summary>
    public const string Draining = "draining";

    /// <summary>503: the store's queue is full.</summary>
    public const string StoreBusy = "store_busy";

    /// <summary>503: the store can't be reached.</summary>
    public const string StoreUnavailable = "store_unavailable";

    /// <summary>500: a defect of the server.</summary>
    public const string InternalError = "internal_error";
}
