using System.Linq;
System.Console.WriteLine(System.Reflection.Assembly.GetExecutingAssembly().GetReferencedAssemblies().Any(name => name.Name == "Vmemmap"));
