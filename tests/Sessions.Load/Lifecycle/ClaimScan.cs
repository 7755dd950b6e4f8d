using System.Text.Json;

namespace Sessions.Load;

/// <summary>Reads of a claim's answer what a worker that does nothing needs, without building the rest.</summary>
internal static class ClaimScan
{
    // {"claims":[{"run":{"id"
    private const int ClaimDepth = 3;
    private const int FieldDepth = 4;

    public static void Read(ReadOnlySpan<byte> json, List<RunTicket> claimed)
    {
        var reader = new Utf8JsonReader(json);
        var part = "";
        string run = "", session = "";
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;

            if (reader.CurrentDepth == ClaimDepth)
            {
                part = reader.ValueTextEquals("run"u8) ? "run" : reader.ValueTextEquals("lease"u8) ? "lease" : "";
            }
            else if (reader.CurrentDepth == FieldDepth && part == "run" && reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                run = reader.GetString()!;
            }
            else if (reader.CurrentDepth == FieldDepth && part == "run" && reader.ValueTextEquals("sessionId"u8))
            {
                reader.Read();
                session = reader.GetString()!;
            }
            else if (reader.CurrentDepth == FieldDepth && part == "lease" && reader.ValueTextEquals("epoch"u8))
            {
                reader.Read();
                claimed.Add(new RunTicket(RunTicket.SlotOf(run), session, run, reader.GetInt64()));
            }
        }
    }
}
