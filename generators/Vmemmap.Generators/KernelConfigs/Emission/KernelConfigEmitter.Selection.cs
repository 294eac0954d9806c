using System.Collections.Generic;
using System.Linq;
using Vmemmap.Generators.Emission;
using Vmemmap.Generators.KernelConfigs.Model;

namespace Vmemmap.Generators.KernelConfigs.Emission;

/// <content>How code gets at the architecture: chosen by what a running kernel says, or at compile time if there is one only.</content>
internal sealed partial class KernelConfigEmitter
{
    private void WriteSelection(SelectionSpec selection)
    {
        _writer.Summary("The architecture of a running kernel of this configuration.");
        WriteParameter(selection);
        _writer.Line($"/// <exception cref=\"global::System.ArgumentOutOfRangeException\">This kernel cannot run so: it has {Values(selection)}.</exception>");
        WriteAttributes();
        _writer.Open($"public static {Library}Architecture {selection.Method}(int {selection.Parameter})");
        WriteSwitch(selection, choice => $"return Candidates[{Literal.Int(choice.Candidate)}];");
        _writer.Close();
        _writer.Line();
    }

    private void WriteDispatch()
    {
        if (_spec.Candidates.Count > 1)
        {
            SelectionSpec selection = _spec.Selections[0];
            WriteAcceptDocs("Runs code that is generic over the architecture, for a running kernel of this configuration.");
            WriteParameter(selection);
            _writer.Line("/// <param name=\"visitor\">The code.</param>");
            _writer.Line($"/// <exception cref=\"global::System.ArgumentOutOfRangeException\">This kernel cannot run so: it has {Values(selection)}.</exception>");
            WriteAttributes();
            _writer.Line($"public static TResult Accept<TVisitor, TResult>(int {selection.Parameter}, ref TVisitor visitor)");
            _writer.Nested($"where TVisitor : {Library}IArchitectureTypeVisitor<TResult>, allows ref struct");
            _writer.OpenBody();
            WriteSwitch(selection, choice => $"return visitor.Visit<{Library}{_spec.Candidates[choice.Candidate].TypeName}>();");
            _writer.Close();
            return;
        }

        string only = Library + _spec.Candidates[0].TypeName;
        WriteAcceptDocs($"Runs code that is generic over the architecture, which is <see cref=\"{only}\"/>.");
        _writer.Line("/// <param name=\"visitor\">The code.</param>");
        WriteAttributes();
        _writer.Line("public static TResult Accept<TVisitor, TResult>(ref TVisitor visitor)");
        _writer.Nested($"where TVisitor : {Library}IArchitectureTypeVisitor<TResult>, allows ref struct => visitor.Visit<{only}>();");
        _writer.Line();
        _writer.Line($"/// <inheritdoc cref=\"{only}.TryTranslate\"/>");
        WriteAttributes();
        _writer.Line(
            $"public static bool TryTranslate<TMemory>(in TMemory memory, ulong root, ulong virtualAddress, out {Library}Translation translation)");
        _writer.Nested($"where TMemory : struct, {Library}IPhysicalMemory, allows ref struct =>");
        _writer.Nested($"{only}.TryTranslate(in memory, root, virtualAddress, out translation);");
    }

    private void WriteAcceptDocs(string summary)
    {
        _writer.Summary(summary);
        _writer.Line("/// <typeparam name=\"TVisitor\">The code.</typeparam>");
        _writer.Line("/// <typeparam name=\"TResult\">What it returns.</typeparam>");
    }

    private void WriteParameter(SelectionSpec selection)
    {
        string cases = string.Join("; ", _spec.Candidates
            .Select((c, i) => (c.Name, c.When, Values: List(selection.Choices.Where(choice => choice.Candidate == i))))
            .Select(c => $"{c.Values}: {c.Name}{(c.When.Length > 0 ? $" ({Quoted.Docs(c.When)})" : "")}"));
        _writer.Line($"/// <param name=\"{selection.Parameter}\">");
        _writer.Line($"/// {Quoted.Docs(selection.Meaning)}.");
        _writer.Line($"/// {cases}.");
        _writer.Line("/// </param>");
    }

    private void WriteAttributes()
    {
        _writer.Line(GeneratedCode);
        _writer.Line(NoCoverage);
    }

    private void WriteSwitch(SelectionSpec selection, System.Func<ChoiceSpec, string> then)
    {
        _writer.Open($"switch ({selection.Parameter})");
        foreach (IGrouping<int, ChoiceSpec> candidate in selection.Choices.GroupBy(c => c.Candidate))
        {
            foreach (ChoiceSpec choice in candidate)
            {
                _writer.Line($"case {Literal.Int(choice.Value)}:");
            }

            _writer.Nested(then(candidate.First()));
        }

        _writer.Line("default:");
        _writer.Nested($"throw new global::System.ArgumentOutOfRangeException(nameof({selection.Parameter}), {selection.Parameter}, "
            + $"{Quoted.Literal($"{Kernel} has {Values(selection)}.")});");
        _writer.Close();
    }

    /// <summary>"57, 48 or 39 bits of virtual address".</summary>
    private static string Values(SelectionSpec selection) => $"{List(selection.Choices)} {selection.Plural}";

    private static string List(IEnumerable<ChoiceSpec> choices)
    {
        string[] values = [.. choices.Select(c => Literal.Int(c.Value))];
        return values.Length == 1 ? values[0] : string.Join(", ", values.Take(values.Length - 1)) + " or " + values[values.Length - 1];
    }
}
