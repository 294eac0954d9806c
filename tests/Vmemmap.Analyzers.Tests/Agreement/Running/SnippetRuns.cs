using System.Collections.Concurrent;
using System.Reflection;
using Vmemmap.Analyzers.Tests.Agreement.Corpus;
using Vmemmap.Analyzers.Tests.Agreement.Grammar;
using Vmemmap.MemoryProbe;

namespace Vmemmap.Analyzers.Tests.Agreement.Running;

/// <summary>Runs every snippet with everything that it may be run with.</summary>
internal static class SnippetRuns
{
    /// <summary>Runs them, a machine of its own for each architecture and layout.</summary>
    /// <param name="snippets">The snippets.</param>
    /// <param name="assembly">The assembly with them.</param>
    /// <returns>What they did, by number, and what the machines did that no kernel does.</returns>
    public static (IReadOnlyDictionary<int, Outcome> Outcomes, long Violations) Of(IReadOnlyList<Snippet> snippets, Assembly assembly)
    {
        ConcurrentDictionary<int, Outcome> outcomes = new();
        long violations = 0;
        var machines =
            from target in snippets.GroupBy(snippet => snippet.Target)
            select target;
        Parallel.ForEach(machines, file =>
        {
            for (int i = 0; i < file.Key.Architectures.Count; i++)
            {
                (Type architecture, Type layout) = file.Key.Architectures[i];
                var machine = SnippetMachine.Of(architecture, layout, (pages, bytes) => new ShadowMemory(pages, bytes));
                Type type = TypeOf(assembly, file.Key, i);
                foreach (Snippet snippet in file)
                {
                    Run(machine, machine.Bind(type.GetMethod(snippet.Method)!), snippet, i, outcomes.GetOrAdd(snippet.Number, _ => new()));
                }

                Interlocked.Add(ref violations, machine.Violations);
            }
        });
        return (outcomes, violations);
    }

    /// <summary>The class that has a target's snippets, for one of its architectures.</summary>
    public static Type TypeOf(Assembly assembly, Target target, int architecture)
    {
        (Type architectureType, Type layoutType) = target.Architectures[architecture];
        return target.IsGeneric
            ? assembly.GetType(target.Name + "`2", throwOnError: true)!.MakeGenericType(architectureType, layoutType)
            : assembly.GetType(target.Name, throwOnError: true)!;
    }

    private static void Run(SnippetMachine machine, Delegate body, Snippet snippet, int architecture, Outcome outcome)
    {
        foreach (PageInput input in snippet.Inputs())
        {
            try
            {
                outcome.Add(in input, architecture, machine.Run(body, in input));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{snippet.Name} with {input}\n{SnippetText.Of(snippet)}", e);
            }
        }
    }
}
