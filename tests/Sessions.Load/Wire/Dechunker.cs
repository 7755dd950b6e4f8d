using System.Globalization;

namespace Sessions.Load;

/// <summary>Takes the framing of a chunked body off, however it was cut into pieces. The body's head must be gone.</summary>
internal sealed class Dechunker
{
    private int _left;
    private int _size;
    private Part _part = Part.Size;

    private enum Part
    {
        Size,
        Data,
        End,
    }

    /// <summary>Moves the data to the front of the piece.</summary>
    /// <returns>How much data there is.</returns>
    public int Unwrap(Span<byte> piece)
    {
        var written = 0;
        var at = 0;
        while (at < piece.Length)
        {
            switch (_part)
            {
                case Part.Data:
                    var length = Math.Min(_left, piece.Length - at);
                    piece.Slice(at, length).CopyTo(piece[written..]);
                    written += length;
                    at += length;
                    _left -= length;
                    if (_left == 0)
                        _part = Part.End;

                    break;
                case Part.End:
                    if (piece[at++] == '\n')
                        _part = Part.Size;

                    break;
                default:
                    Size(piece[at++]);
                    break;
            }
        }

        return written;
    }

    private void Size(byte symbol)
    {
        if (symbol == '\n')
        {
            _left = _size;
            _size = 0;
            _part = _left == 0 ? Part.End : Part.Data;
        }
        else if (symbol != '\r')
        {
            _size = (_size << 4) | int.Parse([symbol], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }
    }
}
