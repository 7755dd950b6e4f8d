namespace Sessions.Core.Tests.Ids;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("A.b_c:d-9")]
    public void Letters_digits_and_four_signs_make_an_id(string value) => Assert.True(Identifier.IsValid(value));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public void Anything_else_does_not(string? value) => Assert.False(Identifier.IsValid(value));

    [Fact]
    public void An_id_has_at_most_128_characters()
    {
        Assert.True(Identifier.IsValid(new string('a', 128)));
        Assert.False(Identifier.IsValid(new string('a', 129)));
    }

    [Fact]
    public void New_ids_are_valid_and_ordered_by_time()
    {
        var one = Identifier.New(Samples.Beginning);
        var later = Identifier.New(Samples.Beginning.AddMilliseconds(1));
        Assert.True(Identifier.IsValid(one));
        Assert.True(string.CompareOrdinal(one, later) < 0);
    }
}
