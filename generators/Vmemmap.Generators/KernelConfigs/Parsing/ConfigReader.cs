using System;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.KernelConfigs.Parsing;

/// <summary>Reads the lines of a configuration, as the kernel's scripts/kconfig/confdata.c does.</summary>
/// <remarks>
/// A line sets a symbol (<c>CONFIG_X=y</c>), says that it is not set (<c># CONFIG_X is not set</c>), is another comment, or is empty.
/// A line ends after \n, \r\n or a lone \r. Only the symbols of <see cref="KnownSymbols"/> are kept.
/// </remarks>
internal sealed class ConfigReader
{
    private const string Prefix = "CONFIG_";
    private const string Comment = "# CONFIG_";
    private const string NotSet = " is not set";

    /// <summary>Malformed lines that are told; a file of another kind has nothing else.</summary>
    private const int MostMalformed = 20;

    private readonly string _text;
    private readonly ConfigErrors _errors;
    private readonly ConfigText _found = new();
    private int _line;
    private int _lineStart;
    private int _malformed;

    private ConfigReader(string text, ConfigErrors errors) => (_text, _errors) = (text, errors);

    /// <summary>Reads a whole file.</summary>
    public static ConfigText Read(string text, ConfigErrors errors) => new ConfigReader(text, errors).Read();

    private ConfigText Read()
    {
        // A byte order mark that was not taken off is no character of the first line, but its columns count from it.
        int start = _text.Length > 0 && _text[0] == '\uFEFF' ? 1 : 0;
        _found.Top = Location(start, start);
        while (start < _text.Length)
        {
            int end = _text.IndexOfAny(LineEnds, start);
            end = end < 0 ? _text.Length : end;
            int trimmed = end;
            while (trimmed > start && _text[trimmed - 1] is ' ' or '\t')
            {
                trimmed--;
            }

            if (_line == 0)
            {
                _found.Top = Location(start, trimmed);
            }

            ReadLine(start, trimmed);
            start = end + (end + 1 < _text.Length && _text[end] == '\r' && _text[end + 1] == '\n' ? 2 : 1);
            _line++;
            _lineStart = start;
        }

        return _found;
    }

    private static readonly char[] LineEnds = ['\n', '\r'];

    private void ReadLine(int start, int end)
    {
        if (start == end)
        {
            return;
        }

        if (_text[start] == '#')
        {
            ReadComment(start, end);
            return;
        }

        int equals = StartsWith(Prefix, start, end) ? _text.IndexOf('=', start, end - start) : -1;
        int name = start + Prefix.Length;
        if (equals <= name || !IsName(name, equals))
        {
            Malformed(start, end, "a line is CONFIG_NAME=value, # CONFIG_NAME is not set, another comment, or empty");
            return;
        }

        _found.HasSymbols = true;
        if (KnownSymbols.Find(_text, name, equals - name) is { } known)
        {
            Keep(known, _text.Substring(equals + 1, end - equals - 1), start, end);
        }
    }

    private void ReadComment(int start, int end)
    {
        int name = start + Comment.Length;
        int nameEnd = end - NotSet.Length;
        if (StartsWith(Comment, start, end) && nameEnd > name && StartsWith(NotSet, nameEnd, end) && IsName(name, nameEnd))
        {
            _found.HasSymbols = true;
            if (KnownSymbols.Find(_text, name, nameEnd - name) is { } known)
            {
                Keep(known, "n", start, end);
            }
        }
        else if (StartsWith("# Linux/", start, end))
        {
            ReadHeader(_text.Substring(start, end - start), Location(start, end));
        }
    }

    private void ReadHeader(string line, TableLocation location)
    {
        KernelHeader? header = KernelHeader.Read(line, location);
        if (header == null)
        {
            _errors.Add(ConfigRules.Version, location, "the header is # Linux/ARCHITECTURE VERSION Kernel Configuration, with a version such as 6.12.117");
        }
        else if (_found.Header is not { } first)
        {
            _found.Header = header;
        }
        else if (first.Release != header.Release || first.Architecture != header.Architecture)
        {
            _errors.Add(
                ConfigRules.Contradiction, location,
                $"a second header says {header.Architecture} {header.Release}, line {Number.Text(first.Line)} says {first.Architecture} {first.Release}; "
                + "keep one kernel's configuration in a file");
        }
    }

    private void Keep(string name, string value, int start, int end)
    {
        ConfigSymbol symbol = new(name, value, Location(start, end));
        if (KnownSymbols.IsNumber(name))
        {
            if (value != "n" && !Number.TryParse(value, out _))
            {
                Malformed(start, end, $"CONFIG_{name} is a number");
                return;
            }
        }
        else if (value is not ("y" or "m" or "n"))
        {
            Malformed(start, end, $"CONFIG_{name} is y, m or n");
            return;
        }

        if (_found.Set(symbol) is { } before && before.Value != value)
        {
            _errors.Tell(
                ConfigRules.SetTwice, symbol.Location,
                $"{symbol}, but {before.InLine}; the last line counts, remove the other");
        }
    }

    private void Malformed(int start, int end, string rule)
    {
        if (_malformed++ < MostMalformed)
        {
            _errors.Tell(ConfigRules.MalformedLine, Location(start, end), $"the line is ignored: {rule}");
        }
    }

    private bool StartsWith(string wanted, int start, int end) =>
        end - start >= wanted.Length && string.CompareOrdinal(_text, start, wanted, 0, wanted.Length) == 0;

    private bool IsName(int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            if (_text[i] is not ((>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or (>= 'a' and <= 'z')))
            {
                return false;
            }
        }

        return true;
    }

    private TableLocation Location(int start, int end) =>
        new(start, end - start, _line, start - _lineStart, _line, end - _lineStart);
}
