namespace Vmemmap;

/// <summary>
/// Asks for what a kernel's configuration decides, as constants of the partial class that it stands on: the architectures that the kernel may run
/// with, whether HVO is built in and with which layout, and every huge page size with what it gives back.
/// </summary>
/// <remarks>
/// The file is an item of the project, <c>&lt;KernelConfig Include="path/config-6.12.117" /&gt;</c>: the <c>.config</c> of a build, <c>/boot/config-RELEASE</c>,
/// or what <c>zcat /proc/config.gz</c> prints. Several classes may name one file, and several files may be named in one project. Rules VMM3001 to VMM3014.
/// </remarks>
/// <param name="file">
/// Name of the file, its last path component; with as many folders before it ("debian/config-6.12") as tell two of a name apart. Case counts.
/// </param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KernelConfigAttribute(string file) : Attribute
{
    /// <summary>Name of the file.</summary>
    public string File { get; } = file;

    /// <summary>
    /// sizeof(struct page) of the kernel in bytes, where it is known better than from the configuration (VMCOREINFO SIZE(page)); a multiple of 8. 0, the default,
    /// takes what follows from the configuration, and rule VMM3010 reports where nothing does.
    /// </summary>
    public int StructPageSize { get; set; }

    /// <summary>
    /// The layout of the kernel's optimized huge pages, where it is not that of its release because the code was ported; None, the default, takes the release's.
    /// </summary>
    public VmemmapLayout Layout { get; set; }
}
