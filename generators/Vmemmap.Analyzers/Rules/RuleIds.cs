namespace Vmemmap.Analyzers.Rules;

/// <summary>Ids of the rules for C# code. An id is never given to another rule.</summary>
internal static class RuleIds
{
    public const string TailWrite = "VMM1001";
    public const string PossibleTailWrite = "VMM1002";
    public const string ReadOnlyRemoved = "VMM1003";
    public const string TailPassedWritable = "VMM1004";
    public const string SubpageIndexTooLarge = "VMM1005";
    public const string StructPageSize = "VMM1006";
    public const string UsedAfterDissolve = "VMM1007";
    public const string NotRestored = "VMM1008";
    public const string LostWrite = "VMM1009";
    public const string TargetHidden = "VMM4001";
}
