using System.Reflection;

namespace Vmemmap.Generators.Tests.KernelConfigs;

/// <summary>What was generated into a class, read by reflection from the compiled assembly.</summary>
internal sealed class EmittedKernel(Type type)
{
    public IReadOnlyList<Architecture> Candidates => (IReadOnlyList<Architecture>)type.GetProperty("Candidates")!.GetValue(null)!;

    public IReadOnlyList<ConfiguredHstate> Hstates => (IReadOnlyList<ConfiguredHstate>)type.GetProperty("Hstates")!.GetValue(null)!;

    public string[] CandidateNames => [.. Candidates.Select(c => c.Name)];

    /// <summary>The nested type of a huge page size.</summary>
    public Type Nested(string hstate) => type.GetNestedType("Huge" + hstate)!;

    public bool Has(string name) => type.GetMember(name).Length > 0;

    public T Constant<T>(string name) => (T)Field(type, name)!;

    /// <summary>A constant of the nested type of a huge page size.</summary>
    public T Constant<T>(string hstate, string name) => (T)Field(type.GetNestedType("Huge" + hstate)!, name)!;

    /// <summary>Calls a Select method.</summary>
    /// <exception cref="ArgumentException">As the method throws it.</exception>
    public string Select(int value, string method = "Select")
    {
        try
        {
            return ((Architecture)type.GetMethod(method)!.Invoke(null, [value])!).Name;
        }
        catch (TargetInvocationException exception)
        {
            throw exception.InnerException!;
        }
    }

    // An enum's constant comes as its number.
    private static object? Field(Type owner, string name)
    {
        FieldInfo field = owner.GetField(name)!;
        Assert.True(field.IsLiteral && field.IsPublic);
        object value = field.GetRawConstantValue()!;
        return field.FieldType.IsEnum ? Enum.ToObject(field.FieldType, value) : value;
    }
}
