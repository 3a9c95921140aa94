namespace MlHub.Cli;

/// <summary>What a table may do with a column for which the terminal has no room.</summary>
internal enum ColumnKind
{
    /// <summary>Text: it is broken at spaces, and a longer word is cut in the middle.</summary>
    Text,

    /// <summary>Numbers with commas between them: they are broken after a comma.</summary>
    Numbers,

    /// <summary>An id, a time or a number: it stays in one piece.</summary>
    Whole,
}
