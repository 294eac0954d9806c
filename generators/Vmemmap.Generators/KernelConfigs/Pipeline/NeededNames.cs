using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Generators.KernelConfigs.Pipeline;

/// <summary>
/// The names that the generated part needs in its class. They are those of all configurations, so that another kernel's file never changes which class is sound.
/// </summary>
internal static class NeededNames
{
    private static readonly HashSet<string> ConstantsAndTypes =
    [
        "ConfigFile", "KernelRelease", "ArchitectureFamily", "PageShift", "PageSize", "VirtualAddressBits", "ArchitectureName",
        "HasVmemmap", "HasHvo", "IsHvoOnAtBoot", "HvoAbsence", "Layout", "StructPageSize", "HasHugeTlb", "DefaultHstate", "Candidates", "Hstates",
        "Huge64K", "Huge2M", "Huge32M", "Huge512M", "Huge1G", "Huge16G",
    ];

    // Methods stand beside others of their name that have other parameters. A type parameter is told by its position, "!0".
    private static readonly Dictionary<string, string[]> Methods = new()
    {
        ["Select"] = ["0(int)"],
        ["SelectByLevels"] = ["0(int)"],
        ["SelectByT1sz"] = ["0(int)"],
        ["SelectBySatpMode"] = ["0(int)"],
        ["Accept"] = ["2(int, ref !0)", "2(ref !0)"],
        ["TryTranslate"] = ["1(ref !0, ulong, ulong, ref global::Vmemmap.Translation)"],
    };

    /// <summary>All of them.</summary>
    public static IEnumerable<string> All => ConstantsAndTypes.Concat(Methods.Keys);

    /// <summary>Those that the class's own part has already, in a way that leaves no room.</summary>
    public static IEnumerable<string> TakenBy(INamedTypeSymbol type) => type.GetMembers().Where(IsOwn).Where(Clashes).Select(member => member.Name).Distinct();

    // The analyzer sees what the generator has added.
    private static bool IsOwn(ISymbol member) =>
        member.DeclaringSyntaxReferences.Any(r => !r.SyntaxTree.FilePath.EndsWith(HintNames.Extension, StringComparison.Ordinal));

    private static bool Clashes(ISymbol member) => ConstantsAndTypes.Contains(member.Name)
        || (Methods.TryGetValue(member.Name, out string[]? signatures) && (member is not IMethodSymbol method || signatures.Contains(Signature(method))));

    // ref, in and out do not tell two methods apart.
    private static string Signature(IMethodSymbol method) =>
        $"{method.Arity.ToString(System.Globalization.CultureInfo.InvariantCulture)}"
        + $"({string.Join(", ", method.Parameters.Select(p => (p.RefKind == RefKind.None ? "" : "ref ") + Text(p.Type)))})";

    private static string Text(ITypeSymbol type) => type is ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } parameter
        ? "!" + parameter.Ordinal.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
}
