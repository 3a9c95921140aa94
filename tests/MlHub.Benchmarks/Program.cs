using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/MlHub.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
