using System;
using System.Text;

namespace Vmemmap.Generators.Emission;

/// <summary>Writes indented source text. Lines end in \n on every system, so that the same table gives the same bytes.</summary>
internal sealed class SourceWriter
{
    private const int SpacesPerLevel = 4;

    private readonly StringBuilder _text = new(32 * 1024);
    private int _indentation;

    /// <summary>Writes a line, or the lines of a text with \n between them, at the current indentation.</summary>
    public void Line(string text)
    {
        for (int start = 0; start <= text.Length;)
        {
            int end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end;
            if (end > start)
            {
                _text.Append(' ', _indentation * SpacesPerLevel).Append(text, start, end - start);
            }

            _text.Append('\n');
            start = end + 1;
        }
    }

    /// <summary>Writes an empty line.</summary>
    public void Line() => _text.Append('\n');

    /// <summary>Writes a one-line documentation comment.</summary>
    public void Summary(string text) => Line($"/// <summary>{text}</summary>");

    /// <summary>Writes a line and the brace that opens its block.</summary>
    public void Open(string header)
    {
        Line(header);
        OpenBody();
    }

    /// <summary>Closes the innermost block.</summary>
    public void Close()
    {
        _indentation--;
        Line("}");
    }

    /// <summary>Closes the innermost block, where it ends a statement.</summary>
    public void CloseStatement() => Close(";");

    /// <summary>Closes the innermost block, where more of its statement follows.</summary>
    public void Close(string rest)
    {
        _indentation--;
        Line("}" + rest);
    }

    /// <summary>Opens a block that has no line of its own before it.</summary>
    public void OpenBody()
    {
        Line("{");
        _indentation++;
    }

    /// <summary>Writes a line that belongs to the one before: the body of an if without braces, or of an expression.</summary>
    public void Nested(string text) => Nested(() => Line(text));

    /// <summary>Writes lines that belong to the one before.</summary>
    public void Nested(Action lines)
    {
        _indentation++;
        lines();
        _indentation--;
    }

    /// <summary>The whole text.</summary>
    /// <exception cref="InvalidOperationException">A block is open: the emitter has a mistake.</exception>
    public override string ToString() => _indentation == 0
        ? _text.ToString()
        : throw new InvalidOperationException("A block of the emitted source is not closed.");
}
