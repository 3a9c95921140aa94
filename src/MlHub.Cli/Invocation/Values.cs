using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MlHub.Cli;

/// <summary>Reads the values of options and arguments, and explains in one line what is wrong with a value.</summary>
internal static class Values
{
    public static Func<ArgumentResult, T?> OneOf<T>(string name, params (string Word, T Value)[] choices) =>
        result =>
        {
            var text = result.Tokens[^1].Value;
            foreach (var (word, value) in choices)
            {
                if (word == text)
                {
                    return value;
                }
            }

            var words = choices.Select(choice => choice.Word).ToArray();
            result.AddError($"{name} must be {string.Join(", ", words[..^1])} or {words[^1]}, not '{text}'.");
            return default;
        };

    public static Func<ArgumentResult, Uri?> HttpUrl(string name) =>
        result =>
        {
            var text = result.Tokens[^1].Value;
            if (IsHttpUrl(text, out var url))
            {
                return url;
            }

            // The value is not repeated, because it could contain a key.
            result.AddError($"{name} must be a complete address that begins with http:// or https://.");
            return null;
        };

    /// <summary>Uses a parser that throws <see cref="FormatException"/>. The message of the exception becomes the error.</summary>
    public static Func<ArgumentResult, T?> Parsed<T>(string name, Func<string, T> parse) =>
        result =>
        {
            try
            {
                return parse(result.Tokens[^1].Value);
            }
            catch (FormatException error)
            {
                result.AddError($"{name}: {error.Message}");
                return default;
            }
        };

    public static Func<ArgumentResult, int?> Number(string name, int min, int max = int.MaxValue) =>
        result =>
        {
            var text = result.Tokens[^1].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            {
                return number;
            }

            result.AddError(max == int.MaxValue
                ? $"{name} must be a whole number of {min} or more, not '{text}'."
                : $"{name} must be a whole number from {min} to {max}, not '{text}'.");
            return null;
        };

    /// <summary>Refuses empty values of an argument. Otherwise an unset variable in a script could select everything.</summary>
    public static Argument<T> NotEmpty<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
            {
                result.AddError($"{argument.Name} must not be empty.");
            }
        });
        return argument;
    }

    /// <summary>Refuses empty values of an option.</summary>
    public static Option<T> NotEmpty<T>(this Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
            {
                result.AddError($"{option.Name} must not be empty.");
            }
        });
        return option;
    }

    internal static bool IsHttpUrl(string text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url is { Scheme: "http" or "https", Host.Length: > 0 };
}
