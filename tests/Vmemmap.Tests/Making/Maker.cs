using System.Reflection;

namespace Vmemmap.Tests.Making;

/// <summary>What makes the entries of a generated architecture, with its type erased.</summary>
/// <param name="Table">Physical address of the table → entry.</param>
/// <param name="Leaf">Level, physical address, whether it is writable → entry.</param>
/// <param name="UserTable">Physical address of the table → entry.</param>
/// <param name="UserLeaf">Level, physical address, whether it is writable, whether it is one of a group → entry.</param>
/// <param name="AccessedMask">The accessed flag of a leaf.</param>
/// <param name="DirtyMask">The dirty flag of a leaf.</param>
internal sealed record Maker(
    Func<ulong, ulong> Table,
    Func<int, ulong, bool, ulong> Leaf,
    Func<ulong, ulong> UserTable,
    Func<int, ulong, bool, bool, ulong> UserLeaf,
    ulong AccessedMask,
    ulong DirtyMask)
{
    private static readonly Dictionary<string, Maker> ByName = typeof(IArchitecture).Assembly.GetTypes()
        .Where(t => t.IsValueType && t.IsAssignableTo(typeof(IArchitecture)))
        .Select(t => ((string Name, Maker Maker))typeof(Maker).GetMethod(nameof(Erase), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(t).Invoke(null, null)!)
        .ToDictionary(m => m.Name, m => m.Maker);

    public static Maker Of(string name) => ByName[name];

    private static (string Name, Maker Maker) Erase<TArch>()
        where TArch : struct, IArchitecture => (
            TArch.Name,
            new(TArch.MakeTable, TArch.MakeLeaf, TArch.MakeUserTable, TArch.MakeUserLeaf, TArch.AccessedMask, TArch.DirtyMask));
}
