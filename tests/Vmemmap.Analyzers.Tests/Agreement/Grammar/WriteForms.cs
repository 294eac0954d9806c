namespace Vmemmap.Analyzers.Tests.Agreement.Grammar;

/// <summary>The ways to write a struct page.</summary>
internal static class WriteForms
{
    private const string Kept = "ref StructPage t = ref $page.Unchecked($i);";

    public static IReadOnlyList<WriteForm> All { get; } =
    [
        new("field", "$page.Unchecked($i).Flags = 0x11;"),
        new("compound", "$page.Unchecked($i).Index += 3;"),
        new("increment", "$page.Unchecked($i).RefCount++;"),
        new("decrement", "--$page.Unchecked($i).RefCount;"),
        new("whole", "$page.Unchecked($i) = new StructPage { Flags = 5 };"),
        new("default", "$page.Unchecked($i) = default;"),
        new("mutating method", "$page.Unchecked($i).SetHead();"),
        new("mutating method with an argument", "$page.Unchecked($i).SetTail(0x77);"),
        new("property", "$page.Unchecked($i).FolioOrder = 9;"),
        new("property of an enum", "$page.Unchecked($i).HugeTlbFlags = HugeTlbFlags.VmemmapOptimized;"),
        new("Interlocked.Increment", "Interlocked.Increment(ref $page.Unchecked($i).RefCount);"),
        new("Interlocked.Exchange", "Interlocked.Exchange(ref $page.Unchecked($i).Flags, 7);"),
        new("Interlocked.Or", "Interlocked.Or(ref $page.Unchecked($i).Flags, PageFlags.Head);"),
        new("Volatile.Write", "Volatile.Write(ref $page.Unchecked($i).Flags, 3);"),
        new("deconstruction", "($page.Unchecked($i).Flags, long rest) = (0x11UL, n);"),
        new("deconstruction of two", "(long rest, $page.Unchecked($i).Mapping) = (n, 0x11UL);"),
        new("ref local", "t.Flags = 0x11;") { Take = Kept },
        new("ref local, mutating method", "t.SetHead();") { Take = Kept },
        new("ref local, whole", "t = default;") { Take = Kept },
        new("ref local, increment", "t.RefCount++;") { Take = Kept },
        new("ref local of a ref local", "ref StructPage u = ref t; u.Flags = 0x11;") { Take = Kept },
        new("ref local of a field", "field++;") { Take = "ref int field = ref $page.Unchecked($i).RefCount;" },
        new("ref local passed on", "Elsewhere.Touch(ref t);") { Take = Kept },
        new(
            "ref local, assigned twice",
            "t = ref $page.Unchecked($i); t.Flags = 0x11;")
        {
            Take = "ref StructPage t = ref $page.Unchecked(0);",
        },
        new("ref local of a loop", "ref StructPage t = ref $page.Unchecked($i); for (int w = 0; w < 2; w++) { t.Index += 3; }"),
        new("ref ternary", "(flag ? ref $page.Unchecked($i) : ref $page.Unchecked(0)).Flags = 0x11;") { UsesFlag = true },
        new("ref ternary of one", "(flag ? ref $page.Unchecked($i) : ref $page.Unchecked($i)).Flags = 0x11;") { UsesFlag = true },
        new(
            "ref ternary local",
            "ref StructPage t = ref flag ? ref $page.Unchecked(1) : ref $page.Unchecked($i); t.Flags = 0x11;")
        {
            UsesFlag = true,
        },
        new("ref argument", "Elsewhere.Touch(ref $page.Unchecked($i));"),
        new("out argument", "Elsewhere.Replace(out $page.Unchecked($i));"),
        new("ref argument of a field", "Elsewhere.Bump(ref $page.Unchecked($i).RefCount);"),
        new("ref that comes back", "Elsewhere.Same(ref $page.Unchecked($i)).Flags = 0x11;"),
        new("read-only-ness removed", "Unsafe.AsRef(in $page[$i]).Flags = 0x11;"),
        new("read-only-ness removed, ref local", "ref StructPage t = ref Unsafe.AsRef(in $page[$i]); t.Flags = 0x11;"),
        new("Unsafe.Add", "Unsafe.Add(ref $page.Unchecked(0), (nint)($i)).Flags = 0x11;") { IsChecked = false },
        new("Unsafe.Add, ref local", "h = ref Unsafe.Add(ref h, (int)($i)); h.Flags = 0x11;")
        {
            Take = "ref StructPage h = ref $page.Unchecked(0);",
            IsChecked = false,
        },
        new("pointer", "unsafe { fixed (StructPage* h = &$page.Unchecked(0)) { h[$i].Flags = 0x11; } }") { IsChecked = false },
        new(
            "pointer arithmetic",
            "unsafe { fixed (StructPage* h = &$page.Unchecked(0)) { (h + ($i))->Flags = 0x11; } }")
        {
            IsChecked = false,
        },
        new("pointer to a tail", "unsafe { fixed (StructPage* h = &$page.Unchecked($i)) { h->Flags = 0x11; } }"),
        new("pointer argument", "unsafe { fixed (StructPage* h = &$page.Unchecked($i)) { Elsewhere.Poke(h); } }"),
        new("span of one", "MemoryMarshal.CreateSpan(ref $page.Unchecked($i), 1)[0].Flags = 0x11;"),
        new("marked member", "Tail($page, $i).Flags = 0x11;") { Through = Through.Page },
        new("marked generic member", "TailOf($page, $i).RefCount++;") { Through = Through.Page },
        new("marked span, element", "$span[(int)($i)].Flags = 0x11;") { Through = Through.Span },
        new("marked span, element by ref", "ref StructPage t = ref $span[(int)($i)]; t.SetHead();") { Through = Through.Span },
        new("marked span, slice of one", "$span.Slice((int)($i), 1).Clear();") { Through = Through.Span },
        new("marked span, rest", "$span.Slice((int)($i)).Clear();") { Through = Through.Span },
        new("marked span, start", "$span[..(int)($i)].Fill(default);") { Through = Through.Span },
        new("marked span, copied to", "new StructPage[3].CopyTo($span.Slice((int)($i), 3));") { Through = Through.Span },
        new("marked span, four", "Span<StructPage> four = $span.Slice((int)($i), 4); four[3].Flags = 0x11;") { Through = Through.Span },
        new("marked span, slice of a slice", "$span.Slice((int)($i)).Slice(0, 2).Clear();") { Through = Through.Span },
        new("marked span, foreach", "foreach (ref StructPage t in $span.Slice((int)($i), 2)) { t.Index += 3; }") { Through = Through.Span },
        new("marked span, argument", "Elsewhere.Wipe($span.Slice((int)($i), 2));") { Through = Through.Span },
        new("marked pointer", "unsafe { Start($page)[$i].Flags = 0x11; }") { Through = Through.Page, IsChecked = false },
        new("writable view", "$page.Writable[$i].Flags = 0x11;") { Through = Through.Page },
        new("writable span", "$page.Writable.Page(0)[(int)($i)].Flags = 0x11;") { Through = Through.Page },
        new("scope", "$scope[$i].Flags = 0x11;") { Through = Through.Scope },
        new("writable view, ref local", "t.Flags = 0x11;") { Take = "ref StructPage t = ref $page.Writable[$i];", Through = Through.Page },
        new(
            "writable span, local",
            "s[3].Flags = 0x11;")
        {
            Take = "Span<StructPage> s = $page.Writable.Page(($i) / 64);",
            Through = Through.Page,
        },
        new("scope, ref local", "t.Flags = 0x11;") { Take = "ref StructPage t = ref $scope[$i];", Through = Through.Scope },
        new("marked span, local", "s.Clear();") { Take = "Span<StructPage> s = $span.Slice((int)($i), 2);", Through = Through.Span },
        new("marked span, local of all", "s[(int)($i)].RefCount++;") { Take = "Span<StructPage> s = $span;", Through = Through.Span },
        new(
            "marked pointer, local",
            "p[$i].Flags = 0x11;")
        {
            Take = "StructPage* p = Start($page);",
            Through = Through.Page,
            IsChecked = false,
        },
        new(
            "marked pointer, moved",
            "p += $i; p->SetHead();")
        {
            Take = "StructPage* p = Start($page);",
            Through = Through.Page,
            IsChecked = false,
        },
        new(
            "marked pointer, whole",
            "*(p + ($i)) = default;")
        {
            Take = "StructPage* p = Start($page);",
            Through = Through.Page,
            IsChecked = false,
        },
        new("ref readonly local", "Unsafe.AsRef(in r).Flags = 0x11;") { Take = "ref readonly StructPage r = ref $page[$i];" },
        new("CompareExchange", "Interlocked.CompareExchange(ref $page.Unchecked($i).Flags, 7, $page.Unchecked($i).Flags);"),
        new("swap", "($page.Unchecked($i), $page.Unchecked(2)) = ($page.Unchecked(2), new StructPage { Flags = 5 });"),
        new("with", "$page.Unchecked($i) = $page.Unchecked(0) with { Flags = 0x11 };"),
        new("extension", "$page.Unchecked($i).Mark();"),
        new("coalesced", "$page.Unchecked($i).Index = (ulong?)3 ?? 4;"),
        new("value with a branch", "$page.Unchecked($i).Index = flag ? 3u : 4u;") { UsesFlag = true },
        new("Unsafe.As", "Unsafe.As<StructPage, ulong>(ref $page.Unchecked($i)) = 0x11;"),
        new("Unsafe.As, later word", "Unsafe.Add(ref Unsafe.As<StructPage, ulong>(ref $page.Unchecked($i)), 3) = 0x11;"),
        new(
            "Unsafe.As of the head",
            "Unsafe.Add(ref Unsafe.As<StructPage, ulong>(ref $page.Unchecked(0)), (nint)(($i) * 8)) = 0x11;")
        {
            IsChecked = false,
        },
        new("Unsafe.AddByteOffset", "Unsafe.AddByteOffset(ref $page.Unchecked(0), (nint)(($i) * 64)).Flags = 0x11;") { IsChecked = false },
        new("Unsafe.Subtract", "Unsafe.Subtract(ref $page.Unchecked(($i) + 1), 1).Flags = 0x11;") { IsChecked = false },
        new("span of words", "MemoryMarshal.Cast<StructPage, ulong>($span)[(int)(($i) * 8) + 1] = 0x11;") { Through = Through.Span },
        new("span of bytes", "MemoryMarshal.AsBytes($span.Slice((int)($i), 1)).Clear();") { Through = Through.Span },
        new("reference of a span", "MemoryMarshal.GetReference($span.Slice((int)($i))).Flags = 0x11;") { Through = Through.Span },
        new("span from the end", "$span[^2..].Clear();") { Through = Through.Span },
        new("span of a reference", "new Span<StructPage>(ref $page.Unchecked($i)).Clear();"),
        new("span over a range", "MemoryMarshal.CreateSpan(ref $page.Unchecked(0), (int)($i) + 1).Fill(default);") { IsChecked = false },
        new("span, pinned", "fixed (StructPage* f = $span) { f[$i].Flags = 0x11; }") { Through = Through.Span, IsChecked = false },
        new("pointer to a field", "fixed (ulong* f = &$page.Unchecked($i).Mapping) { *f = 0x11; }"),
        new("span of a pointer", "new Span<StructPage>(Start($page), $N)[(int)($i)].Flags = 0x11;") { Through = Through.Page },
    ];
}
