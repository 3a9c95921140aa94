namespace MlHub.Cli;

/// <summary>Finds the word that was probably meant.</summary>
internal static class DidYouMean
{
    /// <summary>A question at the end of a message, or nothing if no word is similar.</summary>
    public static string Question(string typed, IEnumerable<string> words) =>
        words.Select(word => (Word: word, Distance: Distance(typed, word)))
            .Where(guess => guess.Distance <= Tolerance(guess.Word.Trim('-').Length))
            .OrderBy(guess => guess.Distance)
            .Select(guess => $" Did you mean {guess.Word}?")
            .FirstOrDefault("");

    // All words of one or two letters resemble each other.
    private static int Tolerance(int length) => length < 3 ? 0 : Math.Max(1, length / 3);

    /// <summary>How many letters have to be added, left out, replaced or exchanged with their neighbour (optimal string alignment).</summary>
    private static int Distance(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                rows[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(
                    Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1,
                    rows[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[one.Length, other.Length];
    }
}
