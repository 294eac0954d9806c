using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Generators.Emission;
using Vmemmap.Generators.Pipeline;
using Vmemmap.Generators.Selection;
using Vmemmap.Tables.Model;
using Vmemmap.Tables.Parsing;

namespace Vmemmap.Generators;

/// <summary>
/// Makes an architecture of each <c>architecture</c> element in the project's <c>*.pagetables.xml</c> files, and names the one that the
/// project builds for.
/// </summary>
/// <remarks>
/// Two outputs from one parse. Sources follow from bound specs only, which hold no positions: re-indenting a table, or a change in
/// another one, emits nothing again. Mistakes go apart, for they move with every edit.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class PageTableGenerator : IIncrementalGenerator
{
    private const string FileNameEnd = ".pagetables.xml";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<TableOptions> options = context.AnalyzerConfigOptionsProvider
            .Select(static (provider, _) => TableOptions.Read(provider))
            .WithTrackingName(TrackingNames.Options);

        IncrementalValuesProvider<ParsedTable> tables = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(FileNameEnd, StringComparison.OrdinalIgnoreCase))
            .Select(static (file, token) => Parse(file, token))
            .WithTrackingName(TrackingNames.Table);

        IncrementalValueProvider<EquatableArray<TableConflict>> conflicts = tables.Collect()
            .Combine(options)
            .Select(static (pair, _) => TableConflict.Find(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.Conflicts);

        // What is emitted depends on which architectures lose, not on where in their files that is told.
        IncrementalValueProvider<EquatableArray<(string Path, int Architecture)>> losers = conflicts
            .Select(static (all, _) => new EquatableArray<(string, int)>(all.Select(c => (c.Path, c.Architecture))));

        IncrementalValuesProvider<ResolvedArchitecture> architectures = tables
            .Combine(options.Combine(losers))
            .SelectMany(static (pair, _) => Resolve(pair.Left, pair.Right.Left, pair.Right.Right))
            .WithTrackingName(TrackingNames.Architecture);

        IncrementalValuesProvider<LocatedDiagnostics> diagnostics = tables
            .Combine(conflicts)
            .Select(static (pair, _) => new LocatedDiagnostics(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.Diagnostics);

        context.RegisterSourceOutput(architectures, static (output, architecture) => output.AddSource(
            architecture.HintName, SourceText.From(ArchitectureEmitter.Emit(architecture), Encoding.UTF8)));
        context.RegisterSourceOutput(diagnostics, static (output, found) => found.Report(output));
        TargetPipeline.Register(context, tables, options, losers);
    }

    private static ParsedTable Parse(AdditionalText file, CancellationToken token) =>
        new(file.Path, TableParser.Parse(file.GetText(token)?.ToString() ?? ""));

    private static ImmutableArray<ResolvedArchitecture> Resolve(
        ParsedTable table, TableOptions options, IEnumerable<(string Path, int Architecture)> losers) =>
    [
        .. table.File.Architectures
            .Where((_, index) => !losers.Contains((table.Path, index)))
            .Select(spec => new ResolvedArchitecture(spec, options)),
    ];
}
