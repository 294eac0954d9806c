namespace Vmemmap.HugeTlb;

/// <summary>A layout chosen at run time: its facts, and <see cref="Accept"/> to run code that needs it as a type. Immutable.</summary>
public abstract class BuiltInLayout
{
    private protected BuiltInLayout()
    {
    }

    /// <summary>All of them, in the order in which kernels had them.</summary>
    public static IReadOnlyList<BuiltInLayout> All { get; } =
    [
        new Of<ReserveTwoPosted>(),
        new Of<ReserveTwo>(),
        new Of<ReserveOneKeptHead>(),
        new Of<ReserveOne>(),
        new Of<SharedTail>(),
    ];

    /// <inheritdoc cref="IVmemmapLayout.Name"/>
    public abstract string Name { get; }

    /// <inheritdoc cref="IVmemmapLayout.Kernels"/>
    public abstract string Kernels { get; }

    /// <inheritdoc cref="IVmemmapLayout.Layout"/>
    public abstract VmemmapLayout Layout { get; }

    /// <inheritdoc cref="IVmemmapLayout.HasBatches"/>
    public abstract bool HasBatches { get; }

    /// <inheritdoc cref="IVmemmapLayout.NeedsBasePages"/>
    public abstract bool NeedsBasePages { get; }

    /// <summary>Finds a layout by its name, such as "reserve-one"; case counts.</summary>
    /// <param name="name">The name.</param>
    public static BuiltInLayout? Find(string name) => All.FirstOrDefault(layout => layout.Name == name);

    /// <summary>Runs code that needs the layout as a type.</summary>
    /// <typeparam name="TVisitor">The code.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="visitor">The code.</param>
    public abstract TResult Accept<TVisitor, TResult>(ref TVisitor visitor)
        where TVisitor : IVmemmapLayoutVisitor<TResult>;

    private sealed class Of<TLayout> : BuiltInLayout
        where TLayout : struct, IVmemmapLayout
    {
        public override string Name => TLayout.Name;

        public override string Kernels => TLayout.Kernels;

        public override VmemmapLayout Layout => TLayout.Layout;

        public override bool HasBatches => TLayout.HasBatches;

        public override bool NeedsBasePages => TLayout.NeedsBasePages;

        public override TResult Accept<TVisitor, TResult>(ref TVisitor visitor) => visitor.Visit<TLayout>();
    }
}

/// <summary>Code that is generic over a layout.</summary>
/// <typeparam name="TResult">What it returns.</typeparam>
public interface IVmemmapLayoutVisitor<out TResult>
{
    /// <summary>Runs over one layout.</summary>
    /// <typeparam name="TLayout">The layout.</typeparam>
    TResult Visit<TLayout>()
        where TLayout : struct, IVmemmapLayout;
}
