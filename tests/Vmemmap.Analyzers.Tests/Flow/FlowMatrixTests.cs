using System.Globalization;
using System.Text;
using Vmemmap.Analyzers.Tests.Verification;

namespace Vmemmap.Analyzers.Tests.Flow;

/// <summary>Every state × every kind of write × every variant × the indexes around the first read-only one.</summary>
public sealed class FlowMatrixTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (FlowState state in FlowState.All)
            {
                foreach (FlowVariant variant in FlowVariant.All)
                {
                    cases.Add(state.Name, variant.Arguments);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Write_IsJudgedByTheStateAndTheIndex(string state, string variant) => Verify<TailAccessAnalyzer>.Marks(Source(
        FlowState.All.Single(s => s.Name == state), FlowVariant.All.Single(v => v.Arguments == variant)));

    [Fact]
    public void Table_NamesEachStateOnce() => Assert.Distinct(FlowState.All.Select(s => s.Name));

    // One file for all writes and indexes: a method each.
    private static string Source(FlowState state, FlowVariant variant)
    {
        StringBuilder source = new();
        source.AppendLine(CultureInfo.InvariantCulture, $$"""
            class Flow{{variant.TypeParameters}}{{variant.Constraints}}
            {
                static HugePage{{variant.Arguments}}? Held;
                static void Other() { }
                static void Use(HugePage{{variant.Arguments}} page) { }
                static void Replace(ref HugePage{{variant.Arguments}} page) { }
                static void Touch(ref StructPage page) { }
            """);
        foreach (FlowWrite write in FlowWrite.All)
        {
            for (long index = variant.FirstReadOnly - 1; index <= variant.FirstReadOnly + 1; index++)
            {
                string body = state.Body.Replace("<A>", variant.Arguments, StringComparison.Ordinal)
                    .Replace("L.Try", variant.Layout + ".Try", StringComparison.Ordinal)
                    .Replace("@", write.Marked(index, variant.FirstReadOnly, !variant.IsGeneric, state), StringComparison.Ordinal);
                string method = body.StartsWith("async: ", StringComparison.Ordinal) ? "async Task"
                    : body.StartsWith("iterator: ", StringComparison.Ordinal) ? "IEnumerable<int>"
                    : "void";
                body = body.Replace("async: ", string.Empty, StringComparison.Ordinal).Replace("iterator: ", string.Empty, StringComparison.Ordinal);
                source.AppendLine(CultureInfo.InvariantCulture, $$"""
                        {{method}} {{write.Name}}{{index}}(
                            HugePage{{variant.Arguments}} page, HugePage{{variant.Arguments}} other, HugetlbPool{{variant.Arguments}} pool,
                            VmemmapRemapper<{{variant.Architecture}}> vmemmap, Cpu<{{variant.Architecture}}> cpu, object gate, Action action, int n, bool flag)
                        {
                            {{body}}
                        }
                    """);
            }
        }

        return source.AppendLine("}").ToString();
    }
}
