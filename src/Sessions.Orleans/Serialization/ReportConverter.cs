using Sessions.Core;

namespace Sessions.Orleans;

[RegisterConverter]
internal sealed class ReportConverter :
    IConverter<CompleteRun, ReportSurrogate>, IConverter<FailRun, ReportSurrogate>, IConverter<ReturnRun, ReportSurrogate>
{
    CompleteRun IConverter<CompleteRun, ReportSurrogate>.ConvertFromSurrogate(in ReportSurrogate surrogate) =>
        new(surrogate.RunId, surrogate.Epoch, surrogate.Text, surrogate.Usage);

    FailRun IConverter<FailRun, ReportSurrogate>.ConvertFromSurrogate(in ReportSurrogate surrogate) =>
        new(surrogate.RunId, surrogate.Epoch, surrogate.Error!, surrogate.Phase);

    ReturnRun IConverter<ReturnRun, ReportSurrogate>.ConvertFromSurrogate(in ReportSurrogate surrogate) =>
        new(surrogate.RunId, surrogate.Epoch);

    public ReportSurrogate ConvertToSurrogate(in CompleteRun value) =>
        new(value.RunId, value.Epoch, value.Text, value.Usage, null, default);

    public ReportSurrogate ConvertToSurrogate(in FailRun value) => new(value.RunId, value.Epoch, null, null, value.Error, value.Phase);

    public ReportSurrogate ConvertToSurrogate(in ReturnRun value) => new(value.RunId, value.Epoch, null, null, null, default);
}
