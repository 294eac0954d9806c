using System.Diagnostics.CodeAnalysis;

namespace Vmemmap;

/// <summary>
/// A page-table architecture chosen at run time: its facts as properties, and <see cref="Accept"/> to run generic code over it.
/// Immutable; safe for any number of threads.
/// </summary>
public abstract class Architecture
{
    private protected Architecture()
    {
    }

    /// <inheritdoc cref="IArchitecture.Name"/>
    public abstract string Name { get; }

    /// <inheritdoc cref="IArchitecture.Alias"/>
    public abstract string Alias { get; }

    /// <inheritdoc cref="IArchitecture.PageShift"/>
    public abstract int PageShift { get; }

    /// <summary>Bytes of a base page.</summary>
    public int PageSize => 1 << PageShift;

    /// <inheritdoc cref="IArchitecture.VirtualAddressBits"/>
    public abstract int VirtualAddressBits { get; }

    /// <inheritdoc cref="IArchitecture.PhysicalAddressBits"/>
    public abstract int PhysicalAddressBits { get; }

    /// <inheritdoc cref="IArchitecture.Canonical"/>
    public abstract CanonicalRule Canonical { get; }

    /// <inheritdoc cref="IArchitecture.HasReadOnlyKernelMappings"/>
    public abstract bool HasReadOnlyKernelMappings { get; }

    /// <inheritdoc cref="IArchitecture.RequiresBreakBeforeMake"/>
    public abstract bool RequiresBreakBeforeMake { get; }

    /// <inheritdoc cref="IArchitecture.MapsVmemmapByBlocks"/>
    public abstract bool MapsVmemmapByBlocks { get; }

    /// <inheritdoc cref="IArchitecture.Levels"/>
    public abstract IReadOnlyList<Level> Levels { get; }

    /// <inheritdoc cref="IArchitecture.Hstates"/>
    public abstract IReadOnlyList<Hstate> Hstates { get; }

    /// <inheritdoc cref="IArchitecture.DefaultHstate"/>
    public abstract Hstate DefaultHstate { get; }

    /// <summary>Runs generic code over this architecture.</summary>
    /// <typeparam name="TVisitor">The code.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="visitor">The code.</param>
    public abstract TResult Accept<TVisitor, TResult>(ref TVisitor visitor)
        where TVisitor : IArchitectureVisitor<TResult>, allows ref struct;

    /// <summary>Runs code that needs the architecture as a type.</summary>
    /// <typeparam name="TVisitor">The code.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="visitor">The code.</param>
    /// <param name="result">What it returned.</param>
    /// <returns>False if the architecture was loaded from a table at run time, and is no type.</returns>
    public virtual bool TryAcceptType<TVisitor, TResult>(ref TVisitor visitor, [MaybeNullWhen(false)] out TResult result)
        where TVisitor : IArchitectureTypeVisitor<TResult>, allows ref struct
    {
        result = default;
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Code that is generic over a generated architecture, as machines and pools are.</summary>
/// <typeparam name="TResult">What it returns.</typeparam>
public interface IArchitectureTypeVisitor<out TResult>
{
    /// <summary>Runs over one architecture.</summary>
    /// <typeparam name="TArch">The generated architecture.</typeparam>
    TResult Visit<TArch>()
        where TArch : struct, IArchitecture;
}

/// <summary>Code that is generic over a page-table format.</summary>
/// <typeparam name="TResult">What it returns.</typeparam>
public interface IArchitectureVisitor<out TResult>
{
    /// <summary>Runs over one format.</summary>
    /// <typeparam name="TFormat">The format; for a generated architecture its members fold to constants.</typeparam>
    /// <param name="format">The format.</param>
    TResult Visit<TFormat>(TFormat format)
        where TFormat : struct, IPageTableFormat;
}
