using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Vmemmap.Generators.Tests;

/// <summary>What a pipeline keeps between runs must hold nothing of the compiler: that would keep old compilations alive, and never be equal.</summary>
internal static class RememberedValues
{
    /// <summary>Visits a value and all that it holds.</summary>
    public static void Visit(object? value, string path, HashSet<object> seen)
    {
        if (value is string)
        {
            seen.Add(value);
            return;
        }

        if (value == null || value.GetType().IsPrimitive || value.GetType().IsEnum)
        {
            return;
        }

        Type type = value.GetType();
        Assert.False(
            value is ISymbol or SyntaxNode or SyntaxTree or Compilation or Location or Diagnostic or AdditionalText
            || (type.Namespace ?? "").StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)),
            $"{path} holds a {type}");
        if (!type.IsValueType && !seen.Add(value))
        {
            return;
        }

        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            Visit(field.GetValue(value), path + "." + field.Name, seen);
        }

        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                Visit(item, path + "[]", seen);
            }
        }
    }
}
