#!/usr/bin/env bash
# Processor seconds and time that the web application takes until it listens, on an empty data folder, and for its first page.
# usage: bench/start.sh [ROUNDS [OTHER]]   OTHER: a checkout of another commit, built in Release as this one is; in turns.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rounds=${1:-3}
checkouts=("$root" ${2:+"$(cd "$2" && pwd)"})
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT

# Seconds in the user's and the kernel's mode together.
used() { awk -v ticks="$(getconf CLK_TCK)" '{ print ($14 + $15) / ticks }' "/proc/$server/stat"; }

for round in $(seq "$rounds"); do
  for checkout in "${checkouts[@]}"; do
    begun=$(date +%s%N)
    dotnet "$checkout/artifacts/bin/LabelerWeb/release/LabelerWeb.dll" --Trainer:Start=false --Web:DemoProjects=false --port 0 \
      --data "$work/data" >"$work/output" 2>&1 &
    server=$!
    until grep -q 'Make the first admin' "$work/output"; do
      kill -0 "$server" 2>/dev/null || { cat "$work/output" >&2; exit 1; }
      sleep 0.02
    done
    clock=$(( ($(date +%s%N) - begun) / 1000000 ))
    listening=$(used)
    curl -sf -o /dev/null "$(grep -o 'listening on http://[^ ]*' "$work/output" | cut -d' ' -f3)/sign-in"
    page=$(used)
    echo "$round $(git -C "$checkout" rev-parse --short HEAD): until it listens $listening core s, $clock ms; its first page $(awk "BEGIN { print $page - $listening }") core s"
    kill "$server"
    wait "$server" 2>/dev/null || true
    rm -rf "$work/data"
  done
done
