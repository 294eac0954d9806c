namespace Vmemmap.HugeTlb;

/// <summary>Code that is generic over an architecture and a layout.</summary>
/// <typeparam name="TResult">What it returns.</typeparam>
public interface IScenario<out TResult>
{
    /// <summary>Runs it.</summary>
    /// <typeparam name="TArch">The architecture.</typeparam>
    /// <typeparam name="TLayout">The layout.</typeparam>
    TResult Run<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout;
}

/// <summary>Runs scenarios over architectures and layouts that are chosen by name.</summary>
public static class Scenario
{
    /// <summary>Runs a scenario.</summary>
    /// <typeparam name="TScenario">The scenario.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="architecture">Canonical name or alias of a built-in architecture.</param>
    /// <param name="layout">Name of a built-in layout.</param>
    /// <param name="scenario">The scenario.</param>
    /// <exception cref="SimulationRefusedException">There is no such architecture, or no such layout.</exception>
    public static TResult Run<TScenario, TResult>(string architecture, string layout, TScenario scenario)
        where TScenario : IScenario<TResult>
    {
        Architecture found = Architectures.Find(architecture) ?? throw new SimulationRefusedException(
            $"There is no architecture '{architecture}'; there are {string.Join(", ", Architectures.BuiltIn.Select(known => known.Name))}.");
        BuiltInLayout of = BuiltInLayout.Find(layout) ?? throw new SimulationRefusedException(
            $"There is no layout '{layout}'; there are {string.Join(", ", BuiltInLayout.All.Select(known => known.Name))}.");
        var onArchitecture = new OnArchitecture<TScenario, TResult>(of, scenario);
        return found.TryAcceptType<OnArchitecture<TScenario, TResult>, TResult>(ref onArchitecture, out TResult? result)
            ? result
            : throw new SimulationRefusedException($"{found.Name} was loaded from a table; only architectures that were compiled can be simulated.");
    }

    private readonly struct OnArchitecture<TScenario, TResult>(BuiltInLayout layout, TScenario scenario) : IArchitectureTypeVisitor<TResult>
        where TScenario : IScenario<TResult>
    {
        public TResult Visit<TArch>()
            where TArch : struct, IArchitecture
        {
            var onLayout = new OnLayout<TArch, TScenario, TResult>(scenario);
            return layout.Accept<OnLayout<TArch, TScenario, TResult>, TResult>(ref onLayout);
        }
    }

    private readonly struct OnLayout<TArch, TScenario, TResult>(TScenario scenario) : IVmemmapLayoutVisitor<TResult>
        where TArch : struct, IArchitecture
        where TScenario : IScenario<TResult>
    {
        public TResult Visit<TLayout>()
            where TLayout : struct, IVmemmapLayout => scenario.Run<TArch, TLayout>();
    }
}
