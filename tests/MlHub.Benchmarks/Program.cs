using System.Globalization;
using BenchmarkDotNet.Running;
using MlHub.Benchmarks;

// dotnet run -c Release --project tests/MlHub.Benchmarks -- --filter '*'
// dotnet run -c Release --project tests/MlHub.Benchmarks -- catalogue ITEMS KEYS SIZE ROOT DIRECTORY
if (args is ["catalogue", var items, var keys, var size, var root, var directory])
{
    new GeneratedCatalogue(Number(items), Number(keys), Number(size), seed: 1).Write(new Uri(root), directory);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
