#if NETSTANDARD2_0
namespace System.Runtime.CompilerServices;

/// <summary>Lets records compile on netstandard2.0; the compiler looks this type up by name.</summary>
internal static class IsExternalInit;
#endif
