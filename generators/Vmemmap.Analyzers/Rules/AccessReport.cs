using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Vmemmap.Analyzers.Accesses;

namespace Vmemmap.Analyzers.Rules;

/// <summary>Turns an access into the diagnostic of its rule, with what the fixes need.</summary>
internal static class AccessReport
{
    /// <summary>The diagnostic; null if the access is right, or nothing certain enough is known.</summary>
    public static Diagnostic? Of(TailAccess access) => access.Verdict is Verdict.Safe or Verdict.Unknown
        ? null
        : access.Kind switch
        {
            AccessKind.Write when access.Verdict == Verdict.Must => TailWriteRule.Report(access),
            AccessKind.Write when !access.IsToldAlready => PossibleTailWriteRule.Report(access),
            AccessKind.RemoveReadOnly => ReadOnlyRemovedRule.Report(access),
            AccessKind.PassWritable when access.Verdict == Verdict.Must || !access.IsToldAlready => TailPassedWritableRule.Report(access),
            AccessKind.UsePage => UsedAfterDissolveRule.Report(access),
            AccessKind.UseRestored => NotRestoredRule.Report(access),
            AccessKind.WriteCopy => LostWriteRule.Report(access),
            _ => null,
        };

    /// <summary>Makes a diagnostic: an error or a warning, whatever the rule is by default.</summary>
    public static Diagnostic Create(DiagnosticDescriptor descriptor, TailAccess access, DiagnosticSeverity severity, params object[] arguments) =>
        Diagnostic.Create(descriptor, access.Syntax.GetLocation(), severity, null, Properties(access), arguments);

    /// <summary>An error if it is certain, else a warning.</summary>
    public static DiagnosticSeverity SeverityOf(TailAccess access) =>
        access.Verdict == Verdict.Must ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;

    private static ImmutableDictionary<string, string?> Properties(TailAccess access)
    {
        ImmutableDictionary<string, string?>.Builder properties = ImmutableDictionary.CreateBuilder<string, string?>();
        properties.Add(FixProperties.Kind, access.Kind.ToString());
        if (access.Source is not null)
        {
            properties.Add(FixProperties.LowestIndex, Text(access.Index.Low));
            properties.Add(FixProperties.FirstReadOnly, Text(access.Tail.Lowest));
            if (access.Index.High != long.MaxValue)
            {
                properties.Add(FixProperties.HighestIndex, Text(access.Index.High));
            }
        }

        if (access.SourceSyntax is { } source && source.SyntaxTree == access.Syntax.SyntaxTree)
        {
            properties.Add(FixProperties.SourceStart, Text(source.SpanStart));
            properties.Add(FixProperties.SourceLength, Text(source.Span.Length));
        }

        return properties.ToImmutable();
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
