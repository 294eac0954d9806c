using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Vmemmap.Generators.Tests.Selection;

/// <summary>A project with VmemmapArchitecture.</summary>
internal static class SelectingProject
{
    /// <summary>Name of what is emitted for the property.</summary>
    public const string HintName = "Vmemmap.Target.g.cs";

    public static TableProject Of(
        string architecture, ProjectSource? source = null, string alias = "", IEnumerable<AdditionalText>? tables = null, CSharpCompilationOptions? options = null) =>
        TableProject.With(tables ?? [], new() { ["VmemmapArchitecture"] = architecture, ["VmemmapTargetAlias"] = alias }, options, source);

    /// <summary>The one mistake of a project that gets no architecture.</summary>
    public static Diagnostic Mistake(TableProject project)
    {
        Assert.DoesNotContain(HintName, project.HintNames);
        Diagnostic only = Assert.Single(project.Result.Diagnostics);
        Assert.Equal(DiagnosticSeverity.Error, only.Severity);
        Assert.Equal(Location.None, only.Location);
        return only;
    }

    /// <summary>What the compiler shows of a project: unused usings and the like are hidden, and an alias may well be unused.</summary>
    public static IEnumerable<Diagnostic> Shown(TableProject project) =>
        project.Compile().GetDiagnostics().Where(d => d.Severity != DiagnosticSeverity.Hidden);

    public static byte[] Image(TableProject project)
    {
        using MemoryStream stream = new();
        EmitResult result = project.Compile().Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return stream.ToArray();
    }

    /// <summary>Compiles a project, loads it and calls a static method without parameters.</summary>
    public static object? Call(TableProject project, string type, string method)
    {
        AssemblyLoadContext context = new(null);
        Assembly assembly = context.LoadFromStream(new MemoryStream(Image(project)));
        return assembly.GetType(type)!.GetMethod(method)!.Invoke(null, null);
    }
}
