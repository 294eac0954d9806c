using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.Text;
using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.CodeFixes.Tests.Verification;

/// <summary>Solutions of projects that use Vmemmap, as an editor has them.</summary>
internal static class FixedSolution
{
    // Solutions made from one share the symbols of its references, which makes the second and all others cheap.
    private static readonly Lazy<Solution> Empty = new(() =>
    {
        Solution solution = OfProjects([[]]);
        _ = Errors(solution);
        return solution;
    });

    /// <summary>A solution of one project with these files.</summary>
    public static Solution Of(params IReadOnlyList<string> sources) => Add(Empty.Value, Empty.Value.ProjectIds[0], 0, sources);

    /// <summary>A solution of one project with one more file.</summary>
    public static Solution With(Solution solution, string source) => Add(solution, solution.ProjectIds[0], 1, [source]);

    /// <summary>A solution of projects, each of which references those before it.</summary>
    public static Solution OfProjects(params IReadOnlyList<string>[] projects)
    {
        AdhocWorkspace workspace = new(MefHostServices.DefaultHost);
        Solution solution = workspace.CurrentSolution;
        List<ProjectId> before = [];
        for (int number = 0; number < projects.Length; number++)
        {
            ProjectId id = ProjectId.CreateNewId();
            string name = $"Consumer{number}";
            solution = solution.AddProject(ProjectInfo.Create(
                id, VersionStamp.Default, name, name, LanguageNames.CSharp, compilationOptions: ConsumerProject.Options,
                parseOptions: ConsumerProject.ParseOptions, metadataReferences: ConsumerProject.References,
                projectReferences: before.Select(other => new ProjectReference(other))));
            before.Add(id);
            solution = solution.AddDocument(DocumentId.CreateNewId(id), "Usings.cs", SourceText.From(ConsumerProject.Usings));
            solution = Add(solution, id, number, projects[number]);
        }

        return solution;
    }

    /// <summary>The solution with an .editorconfig beside its files.</summary>
    public static Solution WithStyle(Solution solution, string editorConfig) => solution.AddAnalyzerConfigDocument(
        DocumentId.CreateNewId(solution.ProjectIds[0]), ".editorconfig", SourceText.From(editorConfig), filePath: "/project/.editorconfig");

    /// <summary>The files that a test gave, in their order.</summary>
    public static IReadOnlyList<Document> Sources(Solution solution) =>
        [.. solution.Projects.SelectMany(project => project.Documents).Where(document => document.Name != "Usings.cs")];

    /// <summary>What the compiler says against a solution, with what it finds only when it makes the assemblies.</summary>
    public static IReadOnlyList<Diagnostic> Errors(Solution solution) =>
    [
        .. solution.Projects.SelectMany(project => ((CSharpCompilation)project.GetCompilationAsync().GetAwaiter().GetResult()!).Emit(Stream.Null).Diagnostics)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error),
    ];

    private static Solution Add(Solution solution, ProjectId project, int number, IReadOnlyList<string> sources)
    {
        for (int file = 0; file < sources.Count; file++)
        {
            string name = $"Source{number}.{file}.cs";
            solution = solution.AddDocument(DocumentId.CreateNewId(project), name, SourceText.From(sources[file]), filePath: "/project/" + name);
        }

        return solution;
    }

    public static string TextOf(Document document) => document.GetTextAsync().GetAwaiter().GetResult().ToString();
}
