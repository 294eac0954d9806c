// One source for every architecture: the property VmemmapArchitecture says what Target and TargetHugePage are.
using Vmemmap;

Console.WriteLine($"{Target.Name}: {Target.PageSize >> 10}K pages, {Target.VirtualAddressBits} bits");
foreach (Level level in Target.Levels)
{
    Console.WriteLine($"  {level.Name} index shift {level.Shift}, {1 << level.IndexBits} entries");
}

Console.WriteLine($"default huge page {TargetHugePage.Name}: {TargetHugePage.StructPages} struct pages, {TargetHugePage.VmemmapPages} pages of vmemmap");

// Constants, so this is decided while compiling, and the other line is not in the program.
const long Freed = TargetHugePage.FreedPagesReserveOne;
Console.WriteLine(Freed > 0 ? $"HVO gives back {Freed} of them" : "HVO gives nothing back");
