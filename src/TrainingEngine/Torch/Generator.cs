namespace TorchSharp;

public static partial class torch
{
    /// <summary>Seeds the shared generators of every device.</summary>
    public static Generator manual_seed(long seed) => random.manual_seed(seed);

    /// <summary>The state of the CPU's shared generator, as bytes.</summary>
    public static Tensor get_rng_state() => random.get_rng_state();

    public static void set_rng_state(Tensor new_state) => random.set_rng_state(new_state);

    /// <summary>The shared generators.</summary>
    public static class random
    {
        public static Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.SeedAll((ulong)seed));
            return Generator.Default;
        }

        public static Tensor get_rng_state()
        {
            using var generator = Generator.Default;
            return generator.get_state();
        }

        public static void set_rng_state(Tensor new_state)
        {
            using var generator = Generator.Default;
            generator.set_state(new_state);
        }
    }

    /// <summary>A stream of random numbers. The same seed on the same device gives the same numbers.</summary>
    public class Generator : IDisposable
    {
        /// <param name="device">Where the numbers are drawn; the CPU by default.</param>
        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            NativeMethods.Check(NativeMethods.Generator(this.device.Bits, 1, out var generator));
            Handle = generator;
            NativeMethods.Check(NativeMethods.GeneratorSeed(Handle, seed));
        }

        private Generator()
        {
            device = CPU;
            NativeMethods.Check(NativeMethods.Generator(device.Bits, 0, out var generator));
            Handle = generator;
        }

        ~Generator() => Dispose(false);

        /// <summary>The generator that operators on the CPU use where none is given.</summary>
        public static Generator Default => new();

        public IntPtr Handle { get; private set; }

        public Device device { get; }

        public Generator manual_seed(long seed)
        {
            NativeMethods.Check(NativeMethods.GeneratorSeed(Live, (ulong)seed));
            return this;
        }

        /// <summary>Seeds from the system's randomness, and says with what.</summary>
        public long seed()
        {
            NativeMethods.Check(NativeMethods.GeneratorReseed(Live, out var seed));
            return (long)seed;
        }

        public long initial_seed()
        {
            NativeMethods.Check(NativeMethods.GeneratorInitial(Live, out var seed));
            return (long)seed;
        }

        /// <summary>All that is needed to go on from here, as bytes.</summary>
        public Tensor get_state()
        {
            NativeMethods.Check(NativeMethods.GeneratorState(Live, out var state));
            return new Tensor(state);
        }

        public void set_state(Tensor value)
        {
            using var held = new Held(value);
            NativeMethods.Check(NativeMethods.GeneratorSetState(Live, held.Pointer));
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            NativeMethods.GeneratorFree(Handle);
            Handle = 0;
        }

        internal nint Live
        {
            get
            {
                ObjectDisposedException.ThrowIf(Handle == 0, this);
                return Handle;
            }
        }
    }
}
