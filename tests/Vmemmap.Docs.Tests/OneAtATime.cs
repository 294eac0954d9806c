// Examples write to the console and open files by relative names, and a process has one console and one current folder.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
