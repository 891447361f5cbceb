namespace Labeler.TrainingEngine.Models.Layers;

/// <summary>
/// One per model: while it is off, every layer computes as if it carried no adapter, which gives the reference model.
/// Each thread has its own, so that one may compute the reference while another computes the policy.
/// </summary>
public sealed class AdapterSwitch
{
    private readonly ThreadLocal<int> _off = new();

    public bool On => _off.Value == 0;

    /// <summary>Switches the adapter off for this thread until the result is disposed of.</summary>
    public IDisposable Off()
    {
        _off.Value++;
        return new Restore(this);
    }

    private sealed class Restore(AdapterSwitch adapter) : IDisposable
    {
        public void Dispose() => adapter._off.Value--;
    }
}
