using System.Runtime.CompilerServices;

namespace Sessions.Core.Tests.Model;

/// <summary>A message that is only written when it is needed: a search asks millions of times.</summary>
[InterpolatedStringHandler]
internal ref struct When
{
    private DefaultInterpolatedStringHandler _text;

    public When(int literal, int holes, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        if (isNeeded)
            _text = new(literal, holes);
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string Text() => _text.ToStringAndClear();
}
