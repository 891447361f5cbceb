#!/usr/bin/env bash
# Core seconds of two checkouts of the engine, in turns: bench/side-by-side.sh OTHER [rounds] [sd15]
# OTHER is the root of another checkout whose engine is built (dotnet build src/TrainingEngine -c Release). For each piece of
# work it prints the least core seconds of each, start of the program included, and their ratio. sd15 adds Stable Diffusion
# 1.5's dimensions (3.6 GB on disk, several minutes a round).
set -euo pipefail
other=$(cd "${1:?the root of another checkout}" && pwd)
rounds=${2:-3}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
engine() { dotnet "$1/artifacts/bin/TrainingEngine/release/TrainingEngine.dll" "${@:2}" >"$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; exit 1; }; }

# core_seconds ROOT command…: user and system time of one run.
core_seconds() {
  local TIMEFORMAT='%U %S'
  { time engine "$@"; } 2>&1 | awk 'NF == 2 { print $1 + $2 }'
}

# compare NAME command…: in turns; FOLDER in the command becomes a new one each time.
compare() {
  local name=$1 round side root best_here=999999 best_other=999999 spent
  shift
  for ((round = 0; round < rounds; round++)); do
    for side in other here; do
      root=${!side}
      rm -rf "$work/out"
      spent=$(core_seconds "$root" "${@//FOLDER/$work/out}")
      local best=best_$side
      printf -v "$best" '%s' "$(awk -v a="${!best}" -v b="$spent" 'BEGIN { print (b < a ? b : a) }')"
    done
  done
  awk -v n="$name" -v a="$best_other" -v b="$best_here" 'BEGIN { printf "%-28s %8.2f %8.2f  %.2f\n", n, a, b, b / a }'
}

model=$here/models/mirror-world
mkdir "$work/votes"
awk 'BEGIN { printf "["; for (g = 0; g < 16; g++) printf "%s[-1,-1,0,0,0,0,0]", g ? "," : ""; print "]" }' >"$work/votes/one.json"
engine "$here" sample --model "$model" --prompt "1 hand" --count 16 --guidance 1 --workers 1 --out "$work/samples"
printf '%-28s %8s %8s  ratio\n' "core seconds" other here
compare "start of the program" info
compare "sampling, Mirror World" sample --model "$model" --prompt "1 hand" --count 16 --guidance 1 --workers 1 --out FOLDER
compare "training, Mirror World" train --model "$model" --samples "$work/samples" --feedback "$work/votes" --workers 1 --out FOLDER
compare "sampling, guidance 5" bench sampling --rounds 3 --model "$model"
if [ "${3:-}" = sd15 ]; then
  engine "$here" random-model --like sd15 --out "$work/sd15"
  rounds=1
  compare "sampling, SD 1.5's size" sample --model "$work/sd15" --prompt "a photo of a cat" --count 1 --group 2 --steps 2 --workers 1 --out FOLDER
fi
