using Sessions.Core;
using Sessions.Orleans.Abstractions;

namespace Sessions.Orleans;

[RegisterConverter]
internal sealed class DescribeConverter : IConverter<CreateSession, DescribeSurrogate>, IConverter<UpdateSession, DescribeSurrogate>
{
    CreateSession IConverter<CreateSession, DescribeSurrogate>.ConvertFromSurrogate(in DescribeSurrogate surrogate) =>
        new(surrogate.Agent, surrogate.Title, FlatMetadata.Read(surrogate.Metadata), surrogate.Agents.Read());

    UpdateSession IConverter<UpdateSession, DescribeSurrogate>.ConvertFromSurrogate(in DescribeSurrogate surrogate) =>
        new(surrogate.Title, FlatMetadata.Read(surrogate.Metadata));

    public DescribeSurrogate ConvertToSurrogate(in CreateSession value) =>
        new(value.Agent, value.Title, FlatMetadata.Of(value.Metadata), AgentsSurrogate.Of(value.Agents));

    public DescribeSurrogate ConvertToSurrogate(in UpdateSession value) =>
        new(null, value.Title, FlatMetadata.Of(value.Metadata), new([], default));
}
