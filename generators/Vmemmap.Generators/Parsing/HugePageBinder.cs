using System;
using System.Collections.Generic;
using System.Linq;
using Vmemmap.Tables.Model;

namespace Vmemmap.Tables.Parsing;

/// <summary>Binds the huge page sizes: each must be given by a leaf that Linux makes, or by a group of them.</summary>
/// <param name="levels">The levels, root first.</param>
/// <param name="pageShift">log2 of the base page.</param>
/// <param name="areLevelsSound">Whether the levels are right; if not, sizes are read and not looked for.</param>
/// <param name="errors">Where mistakes go.</param>
internal sealed class HugePageBinder(LevelSpec[] levels, int pageShift, bool areLevelsSound, TableErrors errors)
{
    // sizeof(struct page) of every usual 64-bit kernel, as log2.
    private const int StructPageShift = 6;

    private readonly ValueReader _values = new(errors);
    private readonly List<int> _shifts = [];

    /// <summary>Name of the type that is emitted for a size.</summary>
    public static string TypeName(string size) => "Huge" + size;

    /// <summary>Binds the list of sizes.</summary>
    public IReadOnlyList<HstateSpec> Bind(LocatedValue? hugetlb)
    {
        List<HstateSpec> found = [];
        IReadOnlyList<LocatedValue> words = hugetlb?.Words() ?? [];
        if (hugetlb != null && words.Count == 0)
        {
            errors.Add(
                TableRules.MalformedValue, hugetlb,
                "no huge page size is given; write them in the order in which the kernel registers them, such as \"1G 2M\"");
        }

        foreach (LocatedValue word in words)
        {
            if (_values.SizeShift(word, "huge page size") is not int shift)
            {
                continue;
            }

            if (_shifts.Contains(shift))
            {
                errors.Add(TableRules.Duplicate, word, $"huge page size {word} is in the list already; remove it");
                continue;
            }

            _shifts.Add(shift);
            if (areLevelsSound && Find(word, shift) is HstateSpec hstate)
            {
                found.Add(hstate);
            }
        }

        return found;
    }

    /// <summary>Binds the default size.</summary>
    /// <returns>Its index in the list; 0 if it is not there.</returns>
    public int BindDefault(LocatedValue? value, LocatedValue? hugetlb)
    {
        if (_values.SizeShift(value, "huge page size") is not int shift)
        {
            return 0;
        }

        int index = _shifts.IndexOf(shift);
        if (index < 0 && _shifts.Count > 0)
        {
            errors.Add(
                TableRules.DefaultSize,
                value!,
                $"the default {value} is not in hugetlb=\"{hugetlb}\"; write one of these, or add it there");
        }

        return Math.Max(0, index);
    }

    private HstateSpec? Find(LocatedValue word, int shift)
    {
        // One leaf is better than a group: the kernel makes a size from leaves where a level has them.
        for (int contiguous = 0; contiguous <= 1; contiguous++)
        {
            for (int i = 0; i < levels.Length; i++)
            {
                if (shift > pageShift && Sizes(levels[i], contiguous == 1).Contains(shift))
                {
                    return Make(shift, i, contiguous == 1 ? levels[i].ContiguousShift : 0);
                }
            }
        }

        errors.Add(TableRules.HugePageSize, word, NoLeafGives(word, shift));
        return null;
    }

    private string NoLeafGives(LocatedValue word, int shift)
    {
        int[] sizes =
        [
            .. levels
                .SelectMany(l => Sizes(l, false).Concat(Sizes(l, true)))
                .Where(s => s > pageShift)
                .Distinct()
                .OrderByDescending(s => s),
        ];
        bool isLegal = levels.Any(l => l.Leaf == Model.LeafUse.Legal && l.Shift == shift);
        string mistake = $"no leaf{(isLegal ? " that Linux makes (leaf=\"legal\")" : "")} gives a huge page of {word}";
        if (sizes.Length == 0)
        {
            return $"{mistake}: no level gives any; add leaf=\"block\" or contiguous= to one";
        }

        string nearest = SizeText.Format(sizes.OrderBy(s => Math.Abs(s - shift)).First());
        return $"{mistake}: the levels give {string.Join(", ", sizes.Select(SizeText.Format))}; did you mean {nearest}?";
    }

    // A leaf that is legal only is none of Linux's.
    private static IEnumerable<int> Sizes(LevelSpec level, bool contiguous) =>
        level.Leaf is not (Model.LeafUse.Block or Model.LeafUse.Page) ? []
        : !contiguous ? [level.Shift]
        : level.ContiguousShift > 0 ? [level.Shift + level.ContiguousShift]
        : [];

    // Kept pages by kernel: v5.14-v5.17 two, v5.18 on one (6.12 mm/hugetlb_vmemmap.h:17-44).
    private HstateSpec Make(int shift, int level, int contiguousShift)
    {
        int order = shift - pageShift;
        long bytes = 1L << (order + StructPageShift);
        long pages = bytes >> pageShift;
        return new HstateSpec(
            SizeText.Format(shift),
            1UL << shift,
            order,
            level,
            1 << contiguousShift,
            bytes,
            (double)bytes / (1L << pageShift),
            Math.Max(0, pages - 2),
            Math.Max(0, pages - 1));
    }
}
