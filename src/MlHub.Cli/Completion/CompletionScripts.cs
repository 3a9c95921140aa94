namespace MlHub.Cli;

/// <summary>The scripts that <c>mlhub completion</c> prints. All of them call <c>mlhub complete-words</c>.</summary>
internal static class CompletionScripts
{
    public static string[] Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    public static string For(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => PowerShell,
    };

    private const string Bash =
        """
        # Completion of mlhub for bash. For this session: eval "$(mlhub completion bash)"
        # For all sessions: mlhub completion bash > ~/.local/share/bash-completion/completions/mlhub
        _mlhub() {
            local word=${COMP_WORDS[COMP_CWORD]} line name
            COMPREPLY=()
            [[ $word == = ]] && word=
            while IFS= read -r line; do
                case $line in
                    :files | :directories)
                        compopt -o filenames 2> /dev/null
                        while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$([[ $line == :files ]] && echo -f || echo -d)" -- "$word")
                        ;;
                    *) COMPREPLY+=("${line%%$'\t'*}") ;;
                esac
            done < <("${1/#\~/$HOME}" complete-words "--word=$word" -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2> /dev/null)
        }
        complete -F _mlhub mlhub

        """;

    private const string Zsh =
        """
        #compdef mlhub
        # Completion of mlhub for zsh. For this session: source <(mlhub completion zsh)
        # For all sessions: mlhub completion zsh > a file named _mlhub in a directory of $fpath
        _mlhub() {
            local line
            local -a found shown
            while IFS= read -r line; do
                case $line in
                    :files | :directories)
                        # A path may come after "--output=".
                        [[ $PREFIX == --*=* ]] && compset -P 1 '*='
                        if [[ $line == :files ]]; then _files; else _files -/; fi
                        ;;
                    *)
                        found+=("${line%%$'\t'*}")
                        shown+=("${line/$'\t'/  -- }")
                        ;;
                esac
            done < <("${(Q)words[1]}" complete-words "--word=${(Q)words[CURRENT]}" -- "${(@Q)words[2,CURRENT-1]}" 2> /dev/null)
            (( $#found )) && compadd -l -d shown -a found
        }
        if [[ ${funcstack[1]:-} == _mlhub ]]; then
            _mlhub "$@"
        else
            compdef _mlhub mlhub
        fi

        """;

    private const string Fish =
        """
        # Completion of mlhub for fish. For this session: mlhub completion fish | source
        # For all sessions: mlhub completion fish > ~/.config/fish/completions/mlhub.fish
        function __mlhub_words
            set -l before (commandline -opc)
            set -l word (commandline -ct)
            for line in ($before[1] complete-words "--word=$word" -- $before[2..] 2> /dev/null)
                switch $line
                    case ':files'
                        __fish_complete_path $word
                    case ':directories'
                        __fish_complete_directories $word
                    case '*'
                        echo $line
                end
            end
        end
        complete -c mlhub -f -a '(__mlhub_words)'

        """;

    private const string PowerShell =
        """
        # Completion of mlhub for PowerShell. For this session: mlhub completion pwsh | Out-String | Invoke-Expression
        # For all sessions: add that line to the file $PROFILE
        Register-ArgumentCompleter -Native -CommandName mlhub -ScriptBlock {
            param($word, $line, $cursor)
            $before = @($line.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object { $_.ToString() })
            & $line.CommandElements[0].ToString() complete-words "--word=$word" '--' @before 2> $null | ForEach-Object {
                $name, $text = $_ -split "`t", 2
                if ($name -eq ':files' -or $name -eq ':directories') {
                    # A path may come after "--output=".
                    $option, $path = if ($word -match '^(--[^=]+=)(.*)$') { $Matches[1], $Matches[2] } else { '', $word }
                    [System.Management.Automation.CompletionCompleters]::CompleteFilename($path) |
                        Where-Object { $name -eq ':files' -or $_.ResultType -eq 'ProviderContainer' } |
                        ForEach-Object { [System.Management.Automation.CompletionResult]::new($option + $_.CompletionText, $_.ListItemText, $_.ResultType, $_.ToolTip) }
                } else {
                    [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $(if ($text) { $text } else { $name }))
                }
            }
        }

        """;
}
