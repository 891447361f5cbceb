// libtorch's and OpenBLAS's thread settings belong to the process, and tests that share two cores slow each other down.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
