using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sessions.Protocol;

public sealed partial class ProtocolJson
{
    /// <summary>
    /// As <see cref="Default"/>, but text stays as it is where JSON allows: bodies are never put into HTML unescaped, and
    /// every language but English would grow up to sixfold.
    /// </summary>
    public static ProtocolJson Wire => field ??= new(new JsonSerializerOptions(Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = null,
    });
}
