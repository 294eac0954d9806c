using Vmemmap.Tests.Facts;
using Vmemmap.Tests.Formats;
using Vmemmap.Tests.Manuals;
using Vmemmap.Tests.Trees;

namespace Vmemmap.Tests;

/// <summary>Both walkers against one that was written by hand from the manual: they share their table, and it may be wrong.</summary>
public class GeometryTests
{
    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void Translations_AreTheManuals(string name)
    {
        Manual manual = AllManuals.Of(name);
        Format generated = Format.Of(Loaded.Generated(name));
        Format table = Format.Of(Loaded.Walker(name));
        TreeProperty.Holds(name, 60, tree =>
        {
            foreach (ulong address in tree.Addresses())
            {
                Outcome expected = manual.Walk(tree.Memory, tree.Root, address);
                Outcome fromGenerated = generated.Translate(tree.Memory, tree.Root, address);
                Outcome fromTable = table.Translate(tree.Memory, tree.Root, address);
                if (fromGenerated != expected || fromTable != expected)
                {
                    Assert.Fail($"manual:    {expected}\ngenerated: {fromGenerated}\ntable:     {fromTable}\n{tree.Describe(address)}");
                }
            }
        });
    }

    // The properties above prove nothing about what the trees do not have.
    [Theory]
    [ClassData(typeof(ArchitectureNames))]
    public void RandomTrees_HaveEverything(string name)
    {
        Manual manual = AllManuals.Of(name);
        HashSet<string> missing = [.. Expected(manual)];
        for (int seed = 0; seed < 3000 && missing.Count > 0; seed++)
        {
            RandomTree tree = TreeGrower.Grow(manual, seed, RandomTree.FullBudget);
            foreach (ulong address in tree.Addresses())
            {
                missing.Remove(Describe(manual.Walk(tree.Memory, tree.Root, address)));
            }
        }

        Assert.Empty(missing);
    }

    private static string Describe(Outcome outcome) => outcome.Fault == TranslationFault.None
        ? $"{(outcome.IsWritable ? "writable" : "read-only")} leaf of 0x{outcome.Size:x} on level {outcome.Level}"
        : $"{outcome.Fault} on level {outcome.Level}";

    private static IEnumerable<string> Expected(Manual manual)
    {
        yield return Describe(new(TranslationFault.NotCanonical, 0, 0, 0));
        for (int level = 0; level < manual.LevelCount; level++)
        {
            yield return Describe(new(TranslationFault.NotPresent, level, 0, 0));
            yield return Describe(new(TranslationFault.Absent, level, 0, 0));

            // Every present entry of the last level of x86-64 is a page.
            if (level != manual.LastLevel || manual is not X64Manual)
            {
                yield return Describe(new(TranslationFault.Reserved, level, 0, 0));
            }

            foreach (int count in new HashSet<int>(manual.HasLeaves(level) ? [1, manual.GroupCount(level)] : []))
            {
                ulong size = (ulong)count << manual.Shift(level);
                yield return Describe(new(TranslationFault.None, level, 0, 0, 0, size, IsWritable: true));
                yield return Describe(new(TranslationFault.None, level, 0, 0, 0, size, IsWritable: false));
            }
        }
    }
}
