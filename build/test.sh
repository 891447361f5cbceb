#!/usr/bin/env bash
# Builds the solution, checks its format and runs every test. The last line counts them.
# Two lanes side by side, about as long: the engine's tests compute on one core; a browser's, two at a time, wait for it and its server.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
results="$root/artifacts/test-results"
rm -rf "$results"
mkdir -p "$results"

echo "labeler: building the solution"
dotnet build Labeler.sln -c Release -v q --nologo || { echo "0 passed, 1 failed"; exit 1; }

# A test's process ends before what its profile would gain is compiled: a quarter of the processor time of tests in the browser.
export DOTNET_TieredPGO=0
# Nor is compiling hot methods anew worth it before a program has been quiet for so long (a hexadecimal number of milliseconds).
export DOTNET_TC_CallCountingDelayMs=2000

# Each lane is a process group of its own, which Ctrl+C ends as a whole.
set -m
lanes=()
stop() {
  for lane in "${lanes[@]}"; do kill -INT -- "-$lane" 2>/dev/null; done
  wait
  exit 130
}
trap stop INT TERM HUP

# test_project NAME [option …]: what it prints comes when it ends, in one piece.
test_project() {
  local name=$1 log="$results/$1.log" status=0
  shift
  # In the background a shell ignores Ctrl+C, and tests of it would wait in vain.
  # A test that hangs is named and ended; no single one takes more than a few minutes, on a busy machine too.
  env --default-signal=INT dotnet test "tests/$name/$name.csproj" -c Release --no-build --nologo -v q --blame-hang-timeout 15min --blame-hang-dump-type none --logger "console;verbosity=minimal" --logger "trx;LogFileName=$name.trx" --results-directory "$results" "$@" >"$log" 2>&1 || status=1
  { echo "labeler: $name"; cat "$log"; } 2>/dev/null
  return "$status"
}

check_format() {
  echo "labeler: checking the format"
  dotnet format Labeler.sln --no-restore --verify-no-changes --severity warn -v q || { echo "labeler: run 'dotnet format Labeler.sln' and commit" >&2; return 1; }
}

# The results of a lane's steps are kept in a file: one of them may fail and the others still run.
lane() {
  local step
  for step in "${steps[@]}"; do
    $step "$@" || touch "$results/failed"
  done
}

steps=("test_project TrainingEngine.Tests" check_format)
lane "$@" &
lanes+=($!)
steps=("test_project Architecture.Tests" "test_project Browser.Tests" "test_project LabelerWeb.Tests" "test_project Shared.Tests")
lane "$@" &
lanes+=($!)
wait "${lanes[@]}"
trap - INT TERM HUP

status=0
[ ! -e "$results/failed" ] || status=1
count() { cat "$results"/*.trx 2>/dev/null | grep -o "<Counters [^>]*" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{ n += $1 } END { print n + 0 }'; }
total=$(count total)
executed=$(count executed)
passed=$(count passed)
failed=$((executed - passed))
# A project without results is a failure, whatever its runner said.
for project in tests/*/*.csproj; do
  [ -e "$results/$(basename "$project" .csproj).trx" ] || { echo "labeler: $(basename "$project" .csproj) left no results" >&2; status=1; }
done
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
skipped=$((total - executed))
line="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
echo "$line"
[ "$failed" -eq 0 ] && [ "$status" -eq 0 ]
