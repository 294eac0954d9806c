using System.Diagnostics.CodeAnalysis;

namespace Vmemmap;

/// <summary>The run-time face of a generated architecture.</summary>
/// <typeparam name="TArch">The generated architecture.</typeparam>
internal sealed class GeneratedArchitecture<TArch> : Architecture
    where TArch : struct, IArchitecture
{
    public override string Name => TArch.Name;

    public override string Alias => TArch.Alias;

    public override int PageShift => TArch.PageShift;

    public override int VirtualAddressBits => TArch.VirtualAddressBits;

    public override int PhysicalAddressBits => TArch.PhysicalAddressBits;

    public override CanonicalRule Canonical => TArch.Canonical;

    public override bool HasReadOnlyKernelMappings => TArch.HasReadOnlyKernelMappings;

    public override bool RequiresBreakBeforeMake => TArch.RequiresBreakBeforeMake;

    public override bool MapsVmemmapByBlocks => TArch.MapsVmemmapByBlocks;

    public override IReadOnlyList<Level> Levels { get; } = TArch.Levels.ToArray();

    public override IReadOnlyList<Hstate> Hstates { get; } = TArch.Hstates.ToArray();

    public override Hstate DefaultHstate => TArch.DefaultHstate;

    public override TResult Accept<TVisitor, TResult>(ref TVisitor visitor) => visitor.Visit(default(ArchitectureFormat<TArch>));

    public override bool TryAcceptType<TVisitor, TResult>(ref TVisitor visitor, [MaybeNullWhen(false)] out TResult result)
    {
        result = visitor.Visit<TArch>();
        return true;
    }
}
