using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Sessions.Protocol;

namespace Sessions.Gateway;

/// <summary>Reads JSON bodies, and says what is wrong with them.</summary>
internal static class Bodies
{
    /// <summary>Reads the body; an absent one is an object without fields.</summary>
    public static async Task<T> ReadAsync<T>(this HttpContext context, JsonTypeInfo<T> type)
        where T : class, new()
    {
        var request = context.Request;
        if (request.ContentLength > Limits.BodyBytes)
            throw TooLarge();

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            if (read.Buffer.Length > Limits.BodyBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge();
            }

            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            try
            {
                return Read(request, read.Buffer, type);
            }
            finally
            {
                // What was read must be given back: the server closes the connection of a request that leaves it open.
                reader.AdvanceTo(read.Buffer.End);
            }
        }
    }

    private static T Read<T>(HttpRequest request, ReadOnlySequence<byte> body, JsonTypeInfo<T> type)
        where T : class, new()
    {
        if (body.IsEmpty)
            return new T();

        // Asking for the type also keeps web pages of other origins from sending without a preflight.
        if (!request.HasJsonContentType())
            throw ProblemException.Of(ProblemCodes.UnsupportedMediaType, Problems.JsonWanted, Problems.ContentTypeField);

        return Parse(body.IsSingleSegment ? body.FirstSpan : body.ToArray(), type);
    }

    private static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        if (!Utf8.IsValid(body))
            throw ProblemException.Of(ProblemCodes.InvalidJson, "The body is not UTF-8.");

        try
        {
            FreeJson.RefuseLoneSurrogates(body);
            var reader = new Utf8JsonReader(body);
            var value = JsonSerializer.Deserialize(ref reader, type);
            while (reader.Read())
                throw ProblemException.Of(ProblemCodes.InvalidJson, "Something follows the JSON value.");

            return value ?? throw ProblemException.Of(ProblemCodes.InvalidRequest, "The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
            if (exception.InnerException is JsonException || exception.GetType() != typeof(JsonException))
                throw ProblemException.Of(ProblemCodes.InvalidJson, $"The body is not JSON at {at}.");

            var field = exception.Path is null or "$" ? null : exception.Path.TrimStart('$').TrimStart('.');
            throw ProblemException.Of(
                ProblemCodes.InvalidRequest, field is null ? "The body must be a JSON object." : $"'{field}' has a value of the wrong type, at {at}.", field);
        }
        catch (InvalidOperationException)
        {
            throw ProblemException.Of(ProblemCodes.InvalidJson, "The body has a string that is not Unicode.");
        }
    }

    private static ProblemException TooLarge() => ProblemException.Of(
        ProblemCodes.BodyTooLarge, string.Create(CultureInfo.InvariantCulture, $"A body has at most {Limits.BodyBytes} bytes."));
}
