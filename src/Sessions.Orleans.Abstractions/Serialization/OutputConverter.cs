using Sessions.Core;

namespace Sessions.Orleans.Abstractions;

[RegisterConverter]
internal sealed class OutputConverter :
    IConverter<RunDelta, RunTextSurrogate>, IConverter<RunContent, RunTextSurrogate>, IConverter<RunNotice, RunTextSurrogate>,
    IConverter<RunTool, RunToolSurrogate>
{
    RunDelta IConverter<RunDelta, RunTextSurrogate>.ConvertFromSurrogate(in RunTextSurrogate surrogate) =>
        new(surrogate.RunId, surrogate.Text);

    RunContent IConverter<RunContent, RunTextSurrogate>.ConvertFromSurrogate(in RunTextSurrogate surrogate) =>
        new(surrogate.RunId, surrogate.Text);

    RunNotice IConverter<RunNotice, RunTextSurrogate>.ConvertFromSurrogate(in RunTextSurrogate surrogate) =>
        new(surrogate.RunId, surrogate.Text);

    public RunTool ConvertFromSurrogate(in RunToolSurrogate surrogate) => new(
        surrogate.RunId, surrogate.ToolCallId, surrogate.Name, surrogate.Phase, surrogate.Arguments, surrogate.Result);

    public RunTextSurrogate ConvertToSurrogate(in RunDelta value) => new(value.RunId, value.Text);

    public RunTextSurrogate ConvertToSurrogate(in RunContent value) => new(value.RunId, value.Text);

    public RunTextSurrogate ConvertToSurrogate(in RunNotice value) => new(value.RunId, value.Text);

    public RunToolSurrogate ConvertToSurrogate(in RunTool value) =>
        new(value.RunId, value.ToolCallId, value.Name, value.Phase, value.Arguments, value.Result);
}
