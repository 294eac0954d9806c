using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;

namespace Vmemmap.Tables.Parsing;

/// <summary>Binds an &lt;architecture&gt;: all its mistakes, or its spec.</summary>
internal sealed class ArchitectureBinder(
    TableElement element, TableElement root, IReadOnlyDictionary<string, EntryFormat> entries, NameRegister names, TableErrors errors)
{
    // 4K is the smallest page of any 64-bit machine; a table of 1M pages would index 17 bits a level, which none does.
    private const int MinimumPageShift = 12;
    private const int MaximumPageShift = 20;

    private readonly ValueReader _values = new(errors);

    /// <summary>Binds the architecture.</summary>
    /// <returns>Null if it has a mistake.</returns>
    public (ArchitectureSpec Spec, ArchitectureClaims Claims)? Bind()
    {
        int before = errors.Count;
        TableSchema.Check(element, TableSchema.Architecture, errors);
        LocatedValue? name = BindName("name");
        LocatedValue? alias = BindName("alias");
        int? pageShift = PageShift();
        int? virtualAddressBits = _values.Number(element["virtualAddress"], "number of address bits", MinimumPageShift + 1, 64);
        EntryFormat? format = Format();
        EntrySpec? entry = format != null && pageShift is int shift ? Clip(format, shift) : null;

        IReadOnlyList<LevelSyntax> syntax = LevelSyntax.Bind(element, errors);
        IndexBits.Check(syntax, pageShift, virtualAddressBits, errors);
        LevelBinder levelBinder = new(format, entry, errors);
        LevelSpec[] levels = [.. syntax.Select((level, i) => levelBinder.Bind(level, i == syntax.Count - 1))];

        // Sizes are looked for in levels that are right: a wrong level would make every size wrong as well.
        bool areLevelsSound = levels.Length > 0 && pageShift != null && syntax.All(s => s.IsSound) && !syntax.Any(s => s.IsBlamed);
        HugePageBinder hugePages = new(levels, pageShift ?? 0, areLevelsSound, errors);
        IReadOnlyList<HstateSpec> hstates = hugePages.Bind(element["hugetlb"]);
        int defaultIndex = hugePages.BindDefault(element["default"], element["hugetlb"]);
        LocatedValue? type = TypeName(levels, hstates);

        // Names are claimed by broken architectures too, so that mending one does not break the next.
        if (errors.Count != before || format is not { IsSound: true } || entry == null)
        {
            return null;
        }

        ulong physical = EntryFormat.PhysicalBits(entry.Pieces, entry.AddressMask);
        ArchitectureSpec spec = new(
            name!.Text,
            alias?.Text ?? "",
            type!.Text,
            root["namespace"]?.Text,
            root["accessibility"]?.Text,
            pageShift!.Value,
            virtualAddressBits!.Value,
            BitCount(physical),
            element["canonical"]?.Text == "upper" ? Model.CanonicalRule.UpperHalf : Model.CanonicalRule.SignExtended,
            element["readOnlyKernel"]?.Text != "false",
            element["breakBeforeMake"]?.Text == "true",
            element["vmemmap"]?.Text == "blocks",
            entry,
            new(levels),
            new(hstates),
            defaultIndex);
        return (spec, new(errors.Locate(name), errors.Locate(alias ?? name), errors.Locate(type)));
    }

    private LocatedValue? BindName(string attribute)
    {
        LocatedValue? name = _values.Name(element[attribute]);
        if (name != null)
        {
            names.ClaimArchitecture(name);
        }

        return name;
    }

    private int? PageShift()
    {
        LocatedValue? value = element["pageSize"];
        if (_values.SizeShift(value, "page size") is not int shift)
        {
            return null;
        }

        if (shift is >= MinimumPageShift and <= MaximumPageShift)
        {
            return shift;
        }

        errors.Add(TableRules.MalformedValue, value!, $"'{value}' is no page size of a 64-bit machine; write one from 4K to 1M");
        return null;
    }

    private EntryFormat? Format()
    {
        if (element["entry"] is not LocatedValue name)
        {
            return null;
        }

        if (entries.TryGetValue(name.Text, out EntryFormat? format) || BuiltInEntryFormats.ByName.TryGetValue(name.Text, out format))
        {
            return format;
        }

        // The format may be what broke: that has been told, and another format would be the wrong repair.
        if (errors.HasBrokenXml)
        {
            return null;
        }

        string[] known = [.. entries.Keys.Concat(BuiltInEntryFormats.ByName.Keys).Distinct()];
        errors.Add(TableRules.UnknownEntry, name, $"there is no entry format '{name}'{NearestName.Suggest(name.Text, known)}");
        return null;
    }

    private EntrySpec Clip(EntryFormat format, int pageShift)
    {
        EntrySpec entry = format.ClipTo(pageShift);
        ulong physical = EntryFormat.PhysicalBits(entry.Pieces, entry.AddressMask);
        int lowest = 0;
        while (lowest < 63 && (physical >> lowest & 1) == 0)
        {
            lowest++;
        }

        if (format.IsSound && lowest != pageShift)
        {
            errors.Add(
                TableRules.AddressPieces,
                element["entry"]!,
                $"entry format '{format.Spec.Name}' gives no physical {new BitRange(lowest - 1, pageShift).InWords}, "
                + $"which {SizeText.Format(pageShift)} pages need; did you mean pageSize=\"{SizeText.Format(lowest)}\"?");
        }

        return entry;
    }

    private LocatedValue? TypeName(LevelSpec[] levels, IReadOnlyList<HstateSpec> hstates)
    {
        if (element["type"] is not LocatedValue value)
        {
            return null;
        }

        string name = value.Text;
        bool isMember = CSharpName.IsMember(name)
            || hstates.Any(h => HugePageBinder.TypeName(h.Name) == name)
            || levels.Any(l => LevelSyntax.Constants(l.Identifier).Contains(name));
        string? mistake = CSharpName.IsKeyword(name) ? "is a C# keyword"
            : name.Length == 0 || !CSharpName.IsIdentifier(name) ? "is no C# name"
            : CSharpName.IsKeptForKeywords(name) ? "has small letters only, which C# keeps for its keywords"
            : isMember ? "is the name of a member of the emitted type"
            : null;
        if (mistake == null)
        {
            names.ClaimType(value);
            return value;
        }

        string repair = isMember ? name + "Architecture" : CSharpName.TypeName(name);
        errors.Add(TableRules.TypeName, value, $"'{value}' {mistake}; did you mean {repair}?");
        return null;
    }

    private static int BitCount(ulong physical)
    {
        int bits = 0;
        for (; physical != 0; physical >>= 1)
        {
            bits++;
        }

        return bits;
    }
}
