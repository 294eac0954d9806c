using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Vmemmap.Selection;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators.Selection;

/// <summary>The architecture that a project builds for, or why there is none.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Architecture">The architecture; null if there is none.</param>
/// <param name="MistakeId">One of <see cref="SelectionRules"/>; null if there is no mistake, or one that another diagnostic tells.</param>
/// <param name="Mistake">What is wrong and how to repair it.</param>
internal sealed record SelectedTarget(TargetOptions Options, KnownArchitecture? Architecture, string? MistakeId, string Mistake)
{
    /// <summary>Looks it up: the project's own tables first, then the library, then other assemblies.</summary>
    public static SelectedTarget Find(
        TargetOptions options, LanguageVersion language, OwnArchitectures own, IReadOnlyCollection<KnownArchitecture> referenced)
    {
        string name = options.Architecture;
        if (language < LanguageVersion.CSharp10)
        {
            return Wrong(
                SelectionRules.Language,
                $"VmemmapArchitecture is '{name}', which is told to the code by a global using; this project's C# is {language.ToDisplayString()}, and it takes 10: "
                + "remove LangVersion or raise it");
        }

        if (AliasMistake(options.Alias) is { } mistake)
        {
            return Wrong(SelectionRules.Alias, mistake);
        }

        if (own.Sound.FirstOrDefault(a => a.IsNamed(name)) is { } mine)
        {
            return Right(mine);
        }

        // The mistakes of its table are told where they are; that it is unknown would send the reader to the wrong place.
        KnownArchitecture? found = own.Lost.Contains(name) ? null : referenced.FirstOrDefault(a => a.IsNamed(name));
        if (found == null)
        {
            return own.Lost.Contains(name) || own.HasBrokenXml
                ? new(options, null, null, "")
                : Wrong(SelectionRules.Architecture, Unknown(name, [.. own.Sound, .. referenced]));
        }

        // The library's come first, and nobody takes a name from them. Between two others there is no right choice.
        KnownArchitecture? rival = found.Assembly == ReferencedArchitectures.Library
            ? null
            : referenced.FirstOrDefault(a => a.Assembly != found.Assembly && (a.IsNamed(name) || a.Type == found.Type));
        return rival == null ? Right(found) : Wrong(
            SelectionRules.Architecture,
            $"VmemmapArchitecture is '{name}', and both {found.Assembly} and {rival.Assembly} have it; reference only one of them, "
            + "or give one of the references an alias");

        SelectedTarget Right(KnownArchitecture architecture) => new(options, architecture, null, "");

        SelectedTarget Wrong(string id, string message) => new(options, null, id, message);
    }

    /// <summary>Tells the mistake. It has no place: a property may come from any file, or from the command line.</summary>
    public void Report(SourceProductionContext context) =>
        context.ReportDiagnostic(Diagnostic.Create(SelectionDescriptors.Of(MistakeId!), Location.None, Mistake));

    private static string? AliasMistake(string alias) =>
        CSharpName.IsKeyword(alias) ? $"VmemmapTargetAlias is '{alias}', a C# keyword; did you mean {CSharpName.TypeName(alias)}?"
        : !CSharpName.IsIdentifier(alias) ? $"VmemmapTargetAlias is '{alias}', which is no C# name; did you mean {CSharpName.TypeName(alias)}?"
        : CSharpName.IsKeptForKeywords(alias)
            ? $"VmemmapTargetAlias is '{alias}': C# keeps names of small letters only for its keywords; did you mean {CSharpName.TypeName(alias)}?"
        : null;

    private static string Unknown(string name, IReadOnlyCollection<KnownArchitecture> known)
    {
        if (known.Count == 0)
        {
            return $"VmemmapArchitecture is '{name}', and no architecture is known here; reference Vmemmap or add a table";
        }

        string[] names = [.. known.SelectMany(a => a.Alias.Length > 0 ? new[] { a.Name, a.Alias } : [a.Name]).Distinct(StringComparer.Ordinal)];
        string guess = NearestName.Find(name, names) is { } nearest ? $"did you mean '{nearest}'? There are" : "there are";
        return $"VmemmapArchitecture is '{name}', which is no architecture; {guess}: {string.Join(", ", names)}";
    }
}
