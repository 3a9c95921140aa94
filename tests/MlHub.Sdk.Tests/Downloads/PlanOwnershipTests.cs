using FsCheck.Xunit;

namespace MlHub.Sdk.Tests.Downloads;

/// <summary>The ownership and completion of blocks while workers take segments from each other.</summary>
public sealed class PlanOwnershipTests
{
    [Property(MaxTest = 300, EndSize = 400)]
    public void A_block_always_has_one_owner_and_is_done_only_when_it_is_written((byte What, byte Amount)[] steps, int seed)
    {
        // FsCheck's bytes are of any value, its wider numbers small: no block would ever be filled, and no worker ever be slow.
        var crew = new PlanCrew(seed);
        foreach (var (what, amount) in steps)
        {
            crew.Step(what, amount * 257);
        }

        crew.Finish();
    }
}
