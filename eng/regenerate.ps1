#requires -Version 5.1
# Writes generated/, kiota-lock.json and eng/generated.sha256 anew from openapi/mlhub.yaml. The same as regenerate.sh, which says
# why Kiota works in a directory of its own. Paths go to .NET and not to cmdlets, which take brackets in them for wildcards.
$ErrorActionPreference = 'Stop'
$env:KIOTA_CLI_TELEMETRY_OPTOUT = '1'
$env:KIOTA_OFFLINE_ENABLED = 'true'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'

$version = '1.34.1'
$root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..'))
$work = $null
$utf8 = [Text.UTF8Encoding]::new($false)

function Get-Place([string] $path) { [IO.Path]::Combine($root, $path) }

function Assert-Places {
    if (-not [IO.File]::Exists((Get-Place 'MlHub.Sdk.sln')) -or -not [IO.File]::Exists((Get-Place 'openapi/mlhub.yaml'))) {
        throw "$root is not the top of MlHub.Sdk."
    }
    foreach ($name in 'generated', 'kiota-lock.json', 'eng/generated.sha256') {
        $place = Get-Place $name
        if (([IO.File]::Exists($place) -or [IO.Directory]::Exists($place)) -and ([IO.File]::GetAttributes($place) -band [IO.FileAttributes]::ReparsePoint)) {
            throw "$name is a symbolic link; remove it and try again."
        }
    }
    if ([IO.File]::Exists((Get-Place 'generated'))) { throw 'generated is not a directory; remove it and try again.' }
}

# Runs a program to its end and returns its exit code and all it wrote.
function Invoke-Program([string] $program, [string] $arguments, [string] $directory) {
    $start = [Diagnostics.ProcessStartInfo]::new($program, $arguments)
    $start.WorkingDirectory = $directory
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $errors = $process.StandardError.ReadToEndAsync()
    $output = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    @{ Code = $process.ExitCode; Output = $output; Errors = $errors.Result }
}

# The first kiota of the right version: on the PATH, a global .NET tool, or a local one.
function Find-Kiota {
    $found = @()
    $candidates = @(
        @{ Program = 'kiota'; Prefix = '' }
        @{ Program = [IO.Path]::Combine([Environment]::GetFolderPath('UserProfile'), '.dotnet', 'tools', 'kiota'); Prefix = '' }
        @{ Program = 'dotnet'; Prefix = 'kiota ' }
    )
    foreach ($candidate in $candidates) {
        $command = Get-Command -Name ([Management.Automation.WildcardPattern]::Escape($candidate.Program)) -CommandType Application -ErrorAction Ignore
        if (-not $command) { continue }
        $candidate.Program = @($command)[0].Source
        $answer = Invoke-Program $candidate.Program "$($candidate.Prefix)--version" $root
        if ($answer.Code -ne 0) { continue }
        $says = $answer.Output.Trim().Split('+')[0] # a release adds the commit it was built from
        if ($says -eq $version) { return $candidate }
        $found += $says
    }
    $others = if ($found) { "found Kiota $($found -join ', '); " } else { '' }
    throw "${others}Kiota $version is needed: dotnet tool install --global Microsoft.OpenApi.Kiota --version $version"
}

function Invoke-Generation($kiota) {
    [IO.File]::Copy((Get-Place 'openapi/mlhub.yaml'), "$work/mlhub.yaml")
    $arguments = $kiota.Prefix + 'generate --language CSharp --openapi mlhub.yaml --output new/generated' +
        ' --class-name MlHubApiClient --namespace-name MlHub.Sdk.Generated --type-access-modifier Internal' +
        ' --clean-output --exclude-backward-compatible --structured-mime-types application/json' +
        ' --serializer Microsoft.Kiota.Serialization.Json.JsonSerializationWriterFactory' +
        ' --deserializer Microsoft.Kiota.Serialization.Json.JsonParseNodeFactory'
    $answer = Invoke-Program $kiota.Program $arguments $work
    $lock = "$work/new/generated/kiota-lock.json"
    # For a description that it cannot read, Kiota writes a lock with an empty hash, no code, and says that all is well.
    if ($answer.Code -ne 0 -or -not [IO.File]::Exists("$work/new/generated/MlHubApiClient.cs") -or
        [IO.File]::ReadAllText($lock) -notmatch '"descriptionHash": "[0-9A-F]{128}"') {
        [Console]::Error.WriteLine($answer.Output + $answer.Errors)
        throw 'Kiota failed; nothing was changed.'
    }
    [regex]::Matches($answer.Output, '(?m)^warn.*\n.*') | ForEach-Object { [Console]::Error.WriteLine($_.Value) }
}

function Get-Files([string] $top, [string] $directory) {
    if (-not [IO.Directory]::Exists("$top/$directory")) { return @() }
    $files = [string[]]@([IO.Directory]::GetFiles("$top/$directory", '*', 'AllDirectories') |
        ForEach-Object { $_.Substring($top.Length + 1).Replace('\', '/') })
    [Array]::Sort($files, [StringComparer]::Ordinal)
    $files
}

function Get-Sha256([string] $path) {
    $algorithm = [Security.Cryptography.SHA256]::Create()
    try { [BitConverter]::ToString($algorithm.ComputeHash([IO.File]::ReadAllBytes($path))).Replace('-', '').ToLowerInvariant() }
    finally { $algorithm.Dispose() }
}

# The lock moves out of the code and names the description as seen from the top. On Windows, Kiota ends its lines with CR LF.
function Set-Arrangement {
    $new = "$work/new"
    [IO.File]::Delete("$new/generated/.kiota.log")
    foreach ($file in Get-Files $new 'generated') {
        $text = [IO.File]::ReadAllText("$new/$file")
        if ($text.Contains("`r")) { [IO.File]::WriteAllText("$new/$file", $text.Replace("`r", ''), $utf8) }
    }
    $lock = [IO.File]::ReadAllText("$new/generated/kiota-lock.json")
    $lock = [regex]::Replace($lock, '(?m)^( *"descriptionLocation": ).*$', '$1"openapi/mlhub.yaml",')
    [IO.File]::WriteAllText("$new/kiota-lock.json", $lock, $utf8)
    [IO.File]::Delete("$new/generated/kiota-lock.json")
    $lines = Get-Files $new 'generated' | ForEach-Object { "$(Get-Sha256 "$new/$_")  $_`n" }
    [IO.File]::WriteAllText("$new/generated.sha256", ($lines -join ''), $utf8)
}

# One line for each file that is not the same as before.
function Get-Changes {
    $after = @(Get-Files "$work/new" 'generated') + 'kiota-lock.json'
    $all = [string[]]@(@(Get-Files $root 'generated') + $after | Select-Unique)
    [Array]::Sort($all, [StringComparer]::Ordinal)
    foreach ($file in $all) {
        if ($after -cnotcontains $file) { "removed  $file" }
        elseif (-not [IO.File]::Exists((Get-Place $file))) { "added    $file" }
        elseif ((Get-Sha256 (Get-Place $file)) -ne (Get-Sha256 "$work/new/$file")) { "changed  $file" }
    }
}

function Select-Unique { begin { $seen = [Collections.Generic.HashSet[string]]::new() } process { if ($seen.Add($_)) { $_ } } }

# Renames only, within one file system. What is replaced goes to the work directory first.
function Set-Replacement {
    if ([IO.Directory]::Exists((Get-Place 'generated'))) { [IO.Directory]::Move((Get-Place 'generated'), "$work/old/generated") }
    [IO.Directory]::Move("$work/new/generated", (Get-Place 'generated'))
    [IO.File]::Copy("$work/new/kiota-lock.json", (Get-Place 'kiota-lock.json'), $true)
    [IO.File]::Copy("$work/new/generated.sha256", (Get-Place 'eng/generated.sha256'), $true)
}

# An interrupted run puts back what it took away, and leaves nothing behind.
function Clear-Work {
    if ([IO.Directory]::Exists("$work/old/generated") -and -not [IO.Directory]::Exists((Get-Place 'generated'))) {
        [IO.Directory]::Move("$work/old/generated", (Get-Place 'generated'))
    }
    [IO.Directory]::Delete($work, $true)
}

try {
    Assert-Places
    $kiota = Find-Kiota
    $work = Get-Place ('.regenerate.' + [Guid]::NewGuid().ToString('n'))
    try {
        [void][IO.Directory]::CreateDirectory("$work/new")
        [void][IO.Directory]::CreateDirectory("$work/old")
        Invoke-Generation $kiota
        Set-Arrangement
        $changes = @(Get-Changes)
        $manifest = Get-Place 'eng/generated.sha256'
        if (-not [IO.File]::Exists($manifest) -or (Get-Sha256 $manifest) -ne (Get-Sha256 "$work/new/generated.sha256")) {
            if (-not $changes) { $changes = @('changed  eng/generated.sha256') }
        }
        if ($changes) { Set-Replacement; $changes } else { 'Nothing changed.' }
    }
    finally { Clear-Work }
}
catch {
    [Console]::Error.WriteLine("regenerate: $($_.Exception.Message)")
    exit 1
}
