#!/usr/bin/env bash
# Builds the solution, checks its format and runs every test. The last line counts them.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
results="$root/artifacts/test-results"
rm -rf "$results"
mkdir -p "$results"

echo "labeler: building the solution"
dotnet build Labeler.sln -c Release -v q --nologo || { echo "0 passed, 1 failed"; exit 1; }

status=0
echo "labeler: checking the format"
if ! dotnet format Labeler.sln --no-restore --verify-no-changes --severity warn -v q; then
  echo "labeler: run 'dotnet format Labeler.sln' and commit" >&2
  status=1
fi

for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "labeler: $name"
  # In the background a shell ignores Ctrl+C, and tests of it would wait in vain.
  # A test that hangs is named and ended; no single one takes more than a few minutes, on a busy machine too.
  env --default-signal=INT dotnet test "$project" -c Release --no-build --nologo -v q --blame-hang-timeout 15min --blame-hang-dump-type none --logger "console;verbosity=minimal" --logger "trx;LogFileName=$name.trx" --results-directory "$results" "$@" || status=1
done

count() { cat "$results"/*.trx 2>/dev/null | grep -o "<Counters [^>]*" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{ n += $1 } END { print n + 0 }'; }
total=$(count total)
executed=$(count executed)
passed=$(count passed)
failed=$((executed - passed))
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
skipped=$((total - executed))
line="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
echo "$line"
[ "$failed" -eq 0 ] && [ "$status" -eq 0 ]
