using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Vmemmap.Analyzers.Tests.Cases;
using Vmemmap.Analyzers.Tests.Flow;
using Vmemmap.Analyzers.Tests.Verification;
using Xunit.Sdk;

namespace Vmemmap.Analyzers.Tests.Robustness;

/// <summary>Thousands of random edits of the sources of the other tests: whatever is left of them, nothing throws and everything ends.</summary>
public sealed partial class RandomEditTests
{
    private const int Seed = 20260707;
    private const int Batches = 250;
    private const int EditsOfABatch = 10;

    [Fact]
    public void EditedCases_ThrowNothing()
    {
        string[] bodies = [.. Bodies().Distinct()];
        Assert.True(bodies.Length > 500, $"only {bodies.Length} sources were found");
        ConcurrentQueue<string> failures = new();
        int told = 0;
        Parallel.For(0, Batches, batch =>
        {
            // Files of one compilation, each with a namespace of its own.
            string[] sources = [.. Enumerable.Range(batch * EditsOfABatch, EditsOfABatch).Select(number => $"namespace N{number};\n" + Edited(bodies, number))];
            CSharpCompilation compilation = ConsumerProject.With(Code.Types, sources);
            try
            {
                Interlocked.Add(ref told, Everything.Run(compilation, () => string.Join("\n\n", sources)).Length);
            }
            catch (XunitException failure)
            {
                failures.Enqueue($"batch {batch}: {failure.Message}");
            }
        });
        Assert.True(failures.IsEmpty, $"{failures.Count} of {Batches}:\n{string.Join("\n\n", failures.Take(3))}");

        // Enough is left of the sources for the flow to run through them.
        Assert.InRange(told, Batches * EditsOfABatch / 4, int.MaxValue);
    }

    [Fact]
    public void Sources_CompileBeforeTheyAreEdited() => Assert.Empty(
        ConsumerProject.With(Code.Types, Code.Method("pages[i].Flags = 1;")).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));

    // Every second edit stays inside the body, where the accesses are.
    private static string Edited(string[] bodies, int number)
    {
        Random random = new(Seed + number);
        string body = bodies[random.Next(bodies.Length)];
        return number % 2 == 0 ? RandomEdits.Edit(Code.Method(body), random) : Code.Method(RandomEdits.Edit(body, random));
    }

    // Bodies of the cases, without their marks: what the theories of this project are given.
    private static IEnumerable<string> Bodies() => typeof(Code).Assembly.GetTypes()
        .Where(type => type.Namespace is "Vmemmap.Analyzers.Tests.Cases" or "Vmemmap.Analyzers.Tests.Robustness")
        .SelectMany(type => type.GetMethods())
        .Where(method => method.GetParameters() is [{ Name: "body" or "loop" }, ..])
        .SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>().SelectMany(data => data.GetData(method)))
        .Select(data => (string)data[0])
        .Concat(FlowState.All.Select(state => state.Body
            .Replace("async: ", string.Empty, StringComparison.Ordinal).Replace("iterator: ", string.Empty, StringComparison.Ordinal)
            .Replace("<A>", "<X64, ReserveOne>", StringComparison.Ordinal).Replace("L.Try", "ReserveOne.Try", StringComparison.Ordinal)))
        .Select(body => Marks().Replace(body, string.Empty).Replace("@", "ref StructPage p = ref page.Unchecked(100); p.Flags = pages[k].Flags = 1;", StringComparison.Ordinal));

    [GeneratedRegex(@"\{\|VMM\d+[!?]?:|\|\}")]
    private static partial Regex Marks();
}
