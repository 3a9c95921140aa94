namespace MlHub.Cli;

/// <summary>How a column is wrapped if the terminal is too narrow.</summary>
internal enum ColumnKind
{
    /// <summary>Text: it is wrapped at spaces, and a word that is too long is cut in the middle.</summary>
    Text,

    /// <summary>Text with ids, addresses or numbers: it is wrapped at spaces, and no word is cut.</summary>
    WholeWords,

    /// <summary>Numbers separated by commas: they have at most four decimals, and are wrapped after a comma.</summary>
    Numbers,

    /// <summary>An id, a time or a number: it is not wrapped.</summary>
    NoWrap,
}
