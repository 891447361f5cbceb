using Labeler.Shared.Accounts;

namespace Labeler.Shared.Tests.Accounts;

public sealed class Keys_come_from_a_list
{
    [Theory]
    [InlineData("commit", "Backspace")]
    [InlineData("commit", "javascript:alert(1)")]
    [InlineData("commit", "")]
    [InlineData("commit", "É")]
    [InlineData("delete project", "x")]
    [InlineData("commit", "u")]
    public void What_is_not_on_the_list_or_taken_is_refused(string action, string key) =>
        Assert.Throws<LabelerException>(() => KeyBindings.From(new Dictionary<string, string> { [action] = key }));

    [Fact]
    public void A_moved_key_replaces_the_default_and_two_can_change_places()
    {
        var keys = KeyBindings.From(new Dictionary<string, string> { ["undo"] = "z", ["zoom"] = "u", ["skip"] = " " });
        Assert.Equal(("z", "u", "Enter"), (keys.For("undo"), keys.For("zoom"), keys.For("commit")));
        Assert.Equal(2, keys.Moved.Count);
    }
}
