using Npgsql;
using Npgsql.Internal;
using Npgsql.Internal.Postgres;

// The types that Npgsql's own plugins are made of: they may change with a major version.
#pragma warning disable NPG9001

namespace Sessions.Postgres;

/// <summary>Has Npgsql send <see cref="RowBuffer"/>s as arrays of the composite type that their parameter names.</summary>
internal sealed class RowsConverter(PgTypeId rowType) : PgStreamingConverter<RowBuffer>
{
    private const int Header = 3 * sizeof(int);
    private const int Dimension = 2 * sizeof(int);

    public override RowBuffer Read(PgReader reader) => throw OnlyWrites();

    public override ValueTask<RowBuffer> ReadAsync(PgReader reader, CancellationToken cancellationToken = default) => throw OnlyWrites();

    public override Size GetSize(SizeContext context, RowBuffer value, ref object? writeState) =>
        value.Count == 0 ? Header : Header + Dimension + value.Bytes.Length;

    public override void Write(PgWriter writer, RowBuffer value)
    {
        if (writer.ShouldFlush(Header + Dimension))
            writer.Flush();

        WriteHeader(writer, value);
        writer.WriteBytes(value.Bytes.Span);
    }

    public override async ValueTask WriteAsync(PgWriter writer, RowBuffer value, CancellationToken cancellationToken = default)
    {
        if (writer.ShouldFlush(Header + Dimension))
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);

        WriteHeader(writer, value);
        await writer.WriteBytesAsync(value.Bytes, cancellationToken).ConfigureAwait(false);
    }

    private static NotSupportedException OnlyWrites() => new("Rows are sent, and not read.");

    private void WriteHeader(PgWriter writer, RowBuffer value)
    {
        const int HasNulls = 0;
        const int From = 1;
        writer.WriteInt32(value.Count == 0 ? 0 : 1);
        writer.WriteInt32(HasNulls);
        writer.WriteAsOid(rowType);
        if (value.Count == 0)
            return;

        writer.WriteInt32(value.Count);
        writer.WriteInt32(From);
    }

    /// <summary>Has the connections know rows.</summary>
    public static void AddTo(NpgsqlDataSourceBuilder connections) => connections.AddTypeInfoResolverFactory(new Factory());

    private sealed class Factory : PgTypeInfoResolverFactory
    {
        public override IPgTypeInfoResolver CreateResolver() => new Resolver();

        public override IPgTypeInfoResolver? CreateArrayResolver() => null;
    }

    private sealed class Resolver : IPgTypeInfoResolver
    {
        public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options)
        {
            if (type != typeof(RowBuffer) || dataTypeName is not { } rows)
                return null;

            return new PgTypeInfo(options, new RowsConverter(options.GetArrayElementTypeId(rows)), rows);
        }
    }
}
