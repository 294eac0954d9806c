using System.Reflection;
using Vmemmap;
using Vmemmap.MemoryProbe;

// Runs one snippet on mapped memory. A write to a read-only tail ends the process; else it says whether the snippet wrote anything.
ProbeRequest request = ProbeRequest.Of(args);
LibC.WriteNoCore();
Assembly library = typeof(StructPage).Assembly;
var machine = SnippetMachine.Of(
    library.GetType(request.Architecture, throwOnError: true)!,
    library.GetType(request.Layout, throwOnError: true)!,
    (structPages, pageBytes) => new MappedMemory(structPages, pageBytes));
Type type = Assembly.LoadFrom(request.Image).GetType(request.Class, throwOnError: true)!;
Delegate body = machine.Bind(type.GetMethod(request.Method)!);
Console.WriteLine("ready");
Console.WriteLine(machine.Run(body, request.Input).Reached ? "wrote" : "wrote nothing");
