#!/usr/bin/env bash
# Writes generated/, kiota-lock.json and eng/generated.sha256 anew from openapi/mlhub.yaml.
#
# Kiota takes its output directory for the directory of the lock file and, told to clean it, empties it: given the top of
# a repository it deletes the repository. So it never sees ours. It works in a directory of its own, on a copy of the
# description, and this script moves the result into place.
set -euo pipefail
unset CDPATH
export LC_ALL=C KIOTA_CLI_TELEMETRY_OPTOUT=1 KIOTA_OFFLINE_ENABLED=true DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

readonly version=1.34.1
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly root
work=
kiota=()

fail() {
  printf 'regenerate: %s\n' "$1" >&2
  exit 1
}

# An interrupted run puts back what it took away, and leaves nothing behind.
clean_up() {
  if [[ -n $work ]]; then
    if [[ -d $work/old/generated && ! -e $root/generated ]]; then
      mv -- "$work/old/generated" "$root/"
    fi
    rm -rf -- "$work"
  fi
}

check_places() {
  [[ -f $root/MlHub.Sdk.sln && -f $root/openapi/mlhub.yaml ]] || fail "$root is not the top of MlHub.Sdk."
  local place
  for place in generated kiota-lock.json eng/generated.sha256; do
    [[ ! -L $root/$place ]] || fail "$place is a symbolic link; remove it and try again."
  done
  [[ -d $root/generated || ! -e $root/generated ]] || fail "generated is not a directory; remove it and try again."
}

# The first kiota of the right version: on the PATH, a global .NET tool, or a local one.
find_kiota() {
  local candidate answer found=''
  for candidate in kiota "${HOME:-}/.dotnet/tools/kiota" dotnet; do
    kiota=("$candidate")
    [[ $candidate != dotnet ]] || kiota+=(kiota)
    command -v -- "$candidate" > /dev/null || continue
    answer=$(cd -- "$root" && "${kiota[@]}" --version 2> /dev/null < /dev/null | tr -d '\r') || continue
    answer=${answer%%+*} # a release adds the commit it was built from
    [[ $answer == "$version" ]] && return
    found+="${found:+, }$answer"
  done
  fail "${found:+found Kiota $found; }Kiota $version is needed: dotnet tool install --global Microsoft.OpenApi.Kiota --version $version"
}

generate() {
  mkdir -- "$work/new" "$work/old"
  cp -- "$root/openapi/mlhub.yaml" "$work/mlhub.yaml"
  (cd -- "$work" && "${kiota[@]}" generate --language CSharp --openapi mlhub.yaml --output new/generated \
    --class-name MlHubApiClient --namespace-name MlHub.Sdk.Generated --type-access-modifier Internal \
    --clean-output --exclude-backward-compatible --structured-mime-types application/json \
    --serializer Microsoft.Kiota.Serialization.Json.JsonSerializationWriterFactory \
    --deserializer Microsoft.Kiota.Serialization.Json.JsonParseNodeFactory) < /dev/null > "$work/log" 2>&1 || fail_generating
  # For a description that it cannot read, Kiota writes a lock with an empty hash, no code, and says that all is well.
  grep -q '"descriptionHash": "[0-9A-F]\{128\}"' "$work/new/generated/kiota-lock.json" || fail_generating
  [[ -f $work/new/generated/MlHubApiClient.cs ]] || fail_generating
  grep -A 1 '^warn' "$work/log" >&2 || true
}

fail_generating() {
  cat -- "$work/log" >&2
  fail "Kiota failed; nothing was changed."
}

# The lock moves out of the code and names the description as seen from the top. On Windows, Kiota ends its lines with CR LF.
arrange() {
  local new=$work/new file
  rm -f -- "$new/generated/.kiota.log"
  while IFS= read -r file; do
    tr -d '\r' < "$file" > "$work/lf"
    mv -f -- "$work/lf" "$file"
  done < <(find "$new/generated" -type f -exec grep -l $'\r' {} +)
  sed 's|^\( *"descriptionLocation": \).*|\1"openapi/mlhub.yaml",|' < "$new/generated/kiota-lock.json" > "$new/kiota-lock.json"
  rm -- "$new/generated/kiota-lock.json"
  (cd -- "$new" && find generated -type f | sort | while IFS= read -r file; do
    printf '%s  %s\n' "$(sha256 "$file")" "$file"
  done) > "$new/generated.sha256"
}

sha256() {
  if command -v sha256sum > /dev/null; then sha256sum; else shasum -a 256; fi < "$1" | cut -d ' ' -f 1
}

# One line for each file that is not the same as before.
changes() {
  local file
  {
    [[ ! -d $root/generated ]] || (cd -- "$root" && find generated ! -type d)
    (cd -- "$work/new" && find generated kiota-lock.json -type f)
  } | sort -u | while IFS= read -r file; do
    if [[ ! -e $work/new/$file ]]; then
      printf 'removed  %s\n' "$file"
    elif [[ ! -e $root/$file ]]; then
      printf 'added    %s\n' "$file"
    elif ! cmp -s -- "$root/$file" "$work/new/$file"; then
      printf 'changed  %s\n' "$file"
    fi
  done
}

# Renames only, within one file system. What is replaced goes to the work directory first, and no signal comes between.
replace() {
  trap '' HUP INT TERM
  [[ ! -d $root/generated ]] || mv -- "$root/generated" "$work/old/"
  mv -- "$work/new/generated" "$root/"
  mv -f -- "$work/new/kiota-lock.json" "$root/kiota-lock.json"
  mv -f -- "$work/new/generated.sha256" "$root/eng/generated.sha256"
}

main() {
  check_places
  find_kiota
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d -- "$root/.regenerate.XXXXXX")
  generate
  arrange
  local changed
  changed=$(changes)
  if [[ -z $changed ]] && cmp -s -- "$work/new/generated.sha256" "$root/eng/generated.sha256"; then
    printf 'Nothing changed.\n'
    return
  fi
  replace
  printf '%s\n' "${changed:-changed  eng/generated.sha256}"
}

main "$@"
