using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Vmemmap.Tables.Parsing;

/// <summary>Names that C# accepts for what is emitted. The parser knows no compiler, so the keywords stand here.</summary>
internal static class CSharpName
{
    private static readonly HashSet<string> Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue",
        "decimal", "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally",
        "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long",
        "namespace", "new", "null", "object", "operator", "out", "override", "params", "private", "protected", "public",
        "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch",
        "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void",
        "volatile", "while", "__arglist", "__makeref", "__reftype", "__refvalue",
    ];

    // What an emitted struct declares or inherits: a type cannot have a member of its own name.
    private static readonly HashSet<string> Members =
    [
        "ContractVersion", "Name", "Alias", "PageShift", "PageSize", "VirtualAddressBits", "PhysicalAddressBits", "Canonical",
        "HasReadOnlyKernelMappings", "RequiresBreakBeforeMake", "MapsVmemmapByBlocks", "Levels", "Hstates", "DefaultHstate",
        "DefaultHstateName", "LevelCount", "ValidMask", "AddressMask", "SharedAddressMask", "AccessedMask", "DirtyMask",
        "LevelShift", "LevelIndexBits", "IsCanonical", "Classify", "TableAddress", "PhysicalAddress", "LeafSizeShift",
        "IsWritable", "TableAllowsWrite", "TryTranslate", "MakeTable", "MakeLeaf", "MakeUserTable", "MakeUserLeaf", "LevelArray",
        "HstateArray", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "ReferenceEquals", "Finalize",
    ];

    /// <summary>Whether a name is a keyword.</summary>
    public static bool IsKeyword(string name) => Keywords.Contains(name);

    /// <summary>Whether an emitted struct has a member of that name whatever is in the table.</summary>
    public static bool IsMember(string name) => Members.Contains(name);

    /// <summary>Whether a name is an identifier and no keyword.</summary>
    public static bool IsIdentifier(string name) => name.Length > 0 && Identifier(name) == name && !IsKeyword(name);

    /// <summary>
    /// Whether a name is made of small letters only. C# keeps those for keywords to come (CS8981), and all contextual keywords
    /// that cannot name a type are among them.
    /// </summary>
    public static bool IsKeptForKeywords(string name) => name.All(c => c is >= 'a' and <= 'z');

    /// <summary>A type's name near to what was written.</summary>
    public static string TypeName(string text)
    {
        StringBuilder name = new();
        bool isStart = true;
        foreach (char c in text)
        {
            if (!IsPart(c))
            {
                isStart = true;
                continue;
            }

            name.Append(isStart ? char.ToUpperInvariant(c) : c);
            isStart = false;
        }

        string found = name.Length == 0 ? "MyArchitecture" : name.ToString();
        return IsStart(found[0]) ? found : "_" + found;
    }

    /// <summary>A namespace made from an MSBuild property, which may hold anything; keywords are escaped.</summary>
    public static string Namespace(string text) => string.Join(
        ".",
        text.Split('.').Where(p => p.Length > 0).Select(p => IsKeyword(p) ? "@" + p : Identifier(p)));

    private static string Identifier(string text)
    {
        string name = new([.. text.Select(c => IsPart(c) ? c : '_')]);
        return IsStart(name[0]) ? name : "_" + name;
    }

    private static bool IsStart(char c) => c == '_' || char.IsLetter(c) || char.GetUnicodeCategory(c) == UnicodeCategory.LetterNumber;

    private static bool IsPart(char c) => IsStart(c) || char.GetUnicodeCategory(c) is UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation;
}
