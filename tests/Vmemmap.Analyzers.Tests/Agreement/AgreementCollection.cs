namespace Vmemmap.Analyzers.Tests.Agreement;

/// <summary>The tests that look at one and the same run of the corpus.</summary>
[CollectionDefinition(Name)]
public sealed class AgreementCollection : ICollectionFixture<AgreementRun>
{
    public const string Name = "Agreement";
}
