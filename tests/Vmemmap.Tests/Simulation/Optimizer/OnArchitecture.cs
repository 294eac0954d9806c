using System.Reflection;
using Vmemmap.HugeTlb;

namespace Vmemmap.Tests.Simulation.Optimizer;

/// <summary>A test that is generic over architecture and layout.</summary>
internal interface IMachineTest
{
    void Run<TArch, TLayout>()
        where TArch : struct, IArchitecture
        where TLayout : struct, IVmemmapLayout;
}

/// <summary>Runs generic tests by the names of an architecture and a layout.</summary>
internal static class OnArchitecture
{
    private static readonly Dictionary<string, Type> Architectures = typeof(IArchitecture).Assembly.GetTypes()
        .Where(type => type.IsValueType && type.IsAssignableTo(typeof(IArchitecture)))
        .ToDictionary(type => (string)typeof(OnArchitecture).GetMethod(nameof(NameOf), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type).Invoke(null, null)!);

    private static readonly Dictionary<string, Type> Layouts = new()
    {
        ["reserve-two-posted"] = typeof(ReserveTwoPosted),
        ["reserve-two"] = typeof(ReserveTwo),
        ["reserve-one-kept-head"] = typeof(ReserveOneKeptHead),
        ["reserve-one"] = typeof(ReserveOne),
        ["shared-tail"] = typeof(SharedTail),
    };

    public static IReadOnlyCollection<string> LayoutNames => Layouts.Keys;

    public static void Run(string architecture, string layout, IMachineTest test) => typeof(IMachineTest).GetMethod(nameof(IMachineTest.Run))!
        .MakeGenericMethod(Architectures[architecture], Layouts[layout])
        .Invoke(test, BindingFlags.DoNotWrapExceptions, null, null, null);

    private static string NameOf<TArch>()
        where TArch : struct, IArchitecture => TArch.Name;
}
