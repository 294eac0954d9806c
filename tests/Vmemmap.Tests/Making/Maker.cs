using System.Reflection;

namespace Vmemmap.Tests.Making;

/// <summary>MakeTable and MakeLeaf of a generated architecture, with its type erased.</summary>
/// <param name="Table">Physical address of the table → entry.</param>
/// <param name="Leaf">Level, physical address, whether it is writable → entry.</param>
internal sealed record Maker(Func<ulong, ulong> Table, Func<int, ulong, bool, ulong> Leaf)
{
    private static readonly Dictionary<string, Maker> ByName = typeof(IArchitecture).Assembly.GetTypes()
        .Where(t => t.IsValueType && t.IsAssignableTo(typeof(IArchitecture)))
        .Select(t => ((string Name, Maker Maker))typeof(Maker).GetMethod(nameof(Erase), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(t).Invoke(null, null)!)
        .ToDictionary(m => m.Name, m => m.Maker);

    public static Maker Of(string name) => ByName[name];

    private static (string Name, Maker Maker) Erase<TArch>()
        where TArch : struct, IArchitecture => (TArch.Name, new(TArch.MakeTable, TArch.MakeLeaf));
}
