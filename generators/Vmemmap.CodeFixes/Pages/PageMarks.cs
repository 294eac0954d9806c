using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;
using Vmemmap.Analyzers.Marks;

namespace Vmemmap.CodeFixes.Pages;

/// <summary>What the marks on members say to a fix, read as the rules read them.</summary>
internal static class PageMarks
{
    private static readonly ConditionalWeakTable<Compilation, MarkReader> Readers = new();

    public static bool IsWritableCount(IPropertySymbol property, Compilation compilation) => Of(property, compilation).IsWritableCount;

    public static bool Restores(IMethodSymbol method, Compilation compilation) => Of(method, compilation).State == PageStates.Restored;

    /// <summary>Whether a method says in which state the huge page is from then on that it is called on.</summary>
    public static bool SetsState(IMethodSymbol method, Compilation compilation) => Of(method, compilation).State != PageStates.None;

    /// <summary>Whether a method says in which state an argument is from then on.</summary>
    public static bool SetsStateOfArgument(IMethodSymbol method, Compilation compilation) =>
        !Of(method, compilation).Parameters.IsEmpty && Of(method, compilation).Parameters.Any(parameter => parameter.State != PageStates.None);

    /// <summary>The number that the mark of a member gives as its first read-only index; null if it gives none.</summary>
    public static long? FirstReadOnlyIndexOf(ISymbol member, Compilation compilation) =>
        Of(member, compilation).Tail is { ConstructorArguments: { Length: 1 } arguments } && arguments[0].Value is long index ? index : null;

    /// <summary>The name of the parameter that is the index, if the mark gives one.</summary>
    public static string? IndexNameOf(ISymbol member, Compilation compilation) =>
        Of(member, compilation).Tail?.NamedArguments.FirstOrDefault(argument => argument.Key == "Index").Value.Value as string;

    private static MemberMarks Of(ISymbol member, Compilation compilation) =>
        MarkTypes.In(compilation) is { } types ? Readers.GetValue(compilation, _ => new MarkReader(types)).Of(member) : MemberMarks.None;
}
