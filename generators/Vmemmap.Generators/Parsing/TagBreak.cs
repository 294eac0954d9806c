using System;
using System.Collections.Generic;

namespace Vmemmap.Tables.Parsing;

/// <summary>Explains what is wrong in a start tag that the XML reader could not read.</summary>
internal sealed class TagBreak
{
    private readonly string _text;
    private readonly Markup _tag;
    private readonly int _offset;
    private readonly SourceRange _name;
    private int _at;

    private TagBreak(string text, Markup tag, int offset)
    {
        (_text, _tag, _offset) = (text, tag, offset);
        _name = new SourceRange(tag.Start + 1, MarkupScanner.NameAt(text, tag.Start + 1).Length);
        _at = _name.End;
    }

    public static XmlBreak Explain(string text, Markup tag, int offset) => new TagBreak(text, tag, offset).Explain();

    private XmlBreak Explain()
    {
        if (_name.Length == 0)
        {
            return new(new(_tag.Start, 1), "'<' starts no tag here; write &lt; or remove it", _tag.Start + 1);
        }

        HashSet<string> names = [];
        while (true)
        {
            SkipSpace();
            if (_at >= _tag.End)
            {
                return new(_name, $"the tag of <{Name()}> is not ended; add '/>' or '>'", _tag.Start + 1);
            }

            if (_text[_at] is '>' or '/')
            {
                return Unexplained();
            }

            XmlBreak? found = ReadAttribute(names);
            if (found != null)
            {
                return found;
            }
        }
    }

    // Reads name="value" and tells what is wrong with it, or null if nothing is.
    private XmlBreak? ReadAttribute(HashSet<string> names)
    {
        string attribute = MarkupScanner.NameAt(_text, _at);
        SourceRange range = new(_at, attribute.Length);
        if (attribute.Length == 0)
        {
            return XmlBreak.Character(_text, _at);
        }

        _at = range.End;
        SkipSpace();
        if (_at >= _tag.End || _text[_at] != '=')
        {
            return new(range, $"'{attribute}' has no value; write {attribute}=\"...\"", range.End);
        }

        _at++;
        SkipSpace();
        if (_at >= _tag.End || _text[_at] is not ('"' or '\''))
        {
            string value = MarkupScanner.NameAt(_text, _at);
            return new(
                value.Length > 0 ? new SourceRange(_at, value.Length) : range,
                $"the value of {attribute} needs quotes; write {attribute}=\"{(value.Length > 0 ? value : "...")}\"",
                _at);
        }

        if (!names.Add(attribute))
        {
            return new(range, $"<{Name()}> has '{attribute}' twice; remove one", _tag.End);
        }

        return ReadValue(attribute);
    }

    private XmlBreak? ReadValue(string attribute)
    {
        int open = _at;
        int close = _text.IndexOf(_text[open], open + 1);
        XmlBreak unclosed = new(
            new(open, 1), $"the quote that opens the value of {attribute} is not closed; add {_text[open]} at its end", open + 1);
        if (close < 0)
        {
            return unclosed;
        }

        // A value that runs over a line's end into another tag, or up to the '=' of the next attribute, was not meant to.
        string value = _text.Substring(open + 1, close - open - 1);
        int bracket = value.IndexOf('<');
        if (value.TrimEnd().EndsWith("=", StringComparison.Ordinal) || (bracket >= 0 && value.IndexOf('\n') >= 0))
        {
            return unclosed;
        }

        if (bracket >= 0)
        {
            return new(new(open + 1 + bracket, 1), "a value cannot hold '<'; write &lt;", close + 1);
        }

        if (_offset > open && _offset <= close)
        {
            int ampersand = value.LastIndexOf('&', Math.Max(0, Math.Min(_offset - open - 1, value.Length - 1)));
            return ampersand >= 0
                ? XmlBreak.Entity(_text, open + 1 + ampersand, close + 1)
                : XmlBreak.Character(_text, _offset);
        }

        _at = close + 1;
        return _at < _tag.End && !char.IsWhiteSpace(_text[_at]) && _text[_at] is not ('>' or '/' or '?')
            ? new(new(_at, 1), $"there is no space after the value of {attribute}; add one", _at)
            : null;
    }

    private XmlBreak Unexplained()
    {
        string name = _offset >= _tag.Start && _offset < _tag.End ? MarkupScanner.NameAt(_text, _offset) : Name();
        int colon = name.IndexOf(':');
        return colon > 0
            ? new(new(_offset, name.Length), $"the prefix '{name.Substring(0, colon)}' is not declared; remove it", _tag.End)
            : XmlBreak.Character(_text, Math.Min(_offset, _text.Length - 1));
    }

    private string Name() => _text.Substring(_name.Start, _name.Length);

    private void SkipSpace()
    {
        while (_at < _tag.End && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }
}
