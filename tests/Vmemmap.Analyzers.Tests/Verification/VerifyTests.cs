using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit.Sdk;

namespace Vmemmap.Analyzers.Tests.Verification;

/// <summary>The verifier itself: it must fail where it should, or no test that uses it says anything.</summary>
public sealed class VerifyTests
{
    [Fact]
    public void EveryMarkIsReported_Passes() =>
        Verify<Names>.Marks("class {|VMM9001:Bad|} { class {|VMM9001:Bad2|}; class Good; class {|VMM9001?:{|VMM9002?:BadToo|}|}; }");

    [Fact]
    public void MarkIsNotReported_Fails() => Fails("not reported: Warning VMM9001 at 'Good'", "class {|VMM9001:Good|};");

    [Fact]
    public void ReportIsNotMarked_Fails() => Fails("not marked:   Warning VMM9001 at 'Bad'", "class Bad;");

    [Fact]
    public void FailureShowsAnnotatedSource() => Fails("class {|VMM9001?:Bad|};", "class Bad;");

    [Fact]
    public void OtherSpan_Fails() => Fails("not marked:   Warning VMM9001 at 'Bad'", "{|VMM9001:class Bad|};");

    [Fact]
    public void OtherSeverity_Fails() => Fails("not reported: Error VMM9001 at 'Bad'", "class {|VMM9001!:Bad|};");

    [Fact]
    public void SameMarkTwice_Fails() => Fails("not reported: Warning VMM9001 at 'Bad'", "class {|VMM9001:{|VMM9001:Bad|}|};");

    [Fact]
    public void SourceDoesNotCompile_FailsWithTheError() => Fails("CS0246", "class {|VMM9001:Bad|} { Missing x; }");

    [Fact]
    public void AnalyzerThrows_Fails() => Fails("Thrown on purpose", "class Throw;");

    [Fact]
    public void MarkThatNeverEnds_Fails() => Fails("never ends", "class {|VMM9001:Bad;");

    [Fact]
    public void UnknownRule_Fails() => Assert.Throws<ArgumentException>(() => Verify<Names>.Marks("class {|VMM1234:Bad|};"));

    [Fact]
    public void OtherMessage_Fails()
    {
        Verify<Names>.Message("class {|VMM9001:Bad|};", "Bad is bad");
        Assert.ThrowsAny<XunitException>(() => Verify<Names>.Message("class {|VMM9001:Bad|};", "Bad is good"));
    }

    [Fact]
    public void Properties_ReachTheAnalyzer() => Verify<Names>.Marks(
        "class {|VMM9001:Wrong|}; class Bad;", new Dictionary<string, string> { ["build_property.Bad"] = "Wrong" });

    private static void Fails(string text, string marked) =>
        Assert.Contains(text, Assert.ThrowsAny<XunitException>(() => Verify<Names>.Marks(marked)).Message, StringComparison.Ordinal);

    /// <summary>Reports classes whose names start with "Bad".</summary>
    private sealed class Names : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor Bad = new("VMM9001", "Bad", "{0} is bad", "Tests", DiagnosticSeverity.Warning, true);
        private static readonly DiagnosticDescriptor Also = new("VMM9002", "Also", "{0} too", "Tests", DiagnosticSeverity.Error, true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Bad, Also];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSyntaxNodeAction(Look, SyntaxKind.ClassDeclaration);
        }

        private static void Look(SyntaxNodeAnalysisContext context)
        {
            SyntaxToken name = ((ClassDeclarationSyntax)context.Node).Identifier;
            if (name.Text == "Throw")
            {
                throw new InvalidOperationException("Thrown on purpose");
            }

            context.Options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue("build_property.Bad", out string? bad);
            if (name.Text.StartsWith(bad ?? "Bad", StringComparison.Ordinal))
            {
                context.ReportDiagnostic(Diagnostic.Create(Bad, name.GetLocation(), name.Text));
            }

            if (name.Text.EndsWith("Too", StringComparison.Ordinal))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Also, name.GetLocation(), DiagnosticSeverity.Warning, null, null, name.Text));
            }
        }
    }
}
