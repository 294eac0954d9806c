namespace Vmemmap.Publish.Tests;

/// <summary>One publishing for all tests.</summary>
[CollectionDefinition(PublishedTool.Collection)]
public sealed class PublishedToolCollection : ICollectionFixture<PublishedTool>;
