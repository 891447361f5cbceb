#!/usr/bin/env bash
# What the bundled model learns from simulated votes: each setting of D3PO with equal votes, side by side in one run.
# usage: bench/mirror-world.sh DIR [settings|gain|normalcy|noise|safety|alignment|held-normalcy|held-noise|held-safety|held-alignment …]
# A run that is in DIR already is not repeated; one that was stopped goes on.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:?give a folder for the results}
shift
mkdir -p "$out"
out=$(cd "$out" && pwd)
TIMEFORMAT='%U %S %R'

# One run: its name, then the arguments of `reproduce`. Processor seconds are kept beside its results.
run() {
  local name=$1
  shift
  [ -f "$out/$name.done" ] && return
  echo "$name: reproduce $*" >&2
  { time "$root/labeler" engine reproduce "$@" --model "$root/models/mirror-world" --out "$out/$name" > "$out/$name.txt" 2>&1; } 2>> "$out/$name.time"
  touch "$out/$name.done"
}

# A line of the table: what was gained, for how many votes and processor seconds. Evaluation counts in the seconds.
row() {
  local name=$1 what=$2
  [ -f "$out/$name.done" ] || return 0
  awk -F'  +' -v what="$what" -v seconds="$(awk '{s += $1 + $2} END {print s}' "$out/$name.time")" '
    $2 ~ /^[0-9]+$/ && $3 ~ /^[0-9]+$/ { if (first == "") { first = $4; wide = $(NF - 3) } labels = $3; last = $4; range = $5; wider = $(NF - 3); drift = $(NF - 2) }
    END { gain = last - first
          printf "| %s | %d | %.1f → %.1f [%s] | %.2f | %.2f | %.0f | %.0f %% | %s |\n",
            what, labels, first, last, range, 100 * gain / labels, 60 * gain / seconds, seconds, 100 * wider / wide, drift }' "$out/$name.txt"
}

heading() { printf '\n| %s | judged | good %% | points per 100 judged | points per core minute | core s | diversity kept | distance of the mean colour |\n|---|---|---|---|---|---|---|---|\n' "$1"; }

for part in "${@:-settings}"; do
  case $part in
    settings)
      common=(normalcy --epochs 2 --images 196 --evaluation-images 200 --seed 1)
      run defaults "${common[@]}"
      run kl-base "${common[@]}" --kl-base 0.1
      run strong-kl "${common[@]}" --kl 0.1
      run no-kl "${common[@]}" --kl 0
      run lora-all "${common[@]}" --lora-rank 8 --lora-all-layers --learning-rate 3e-4
      run lora-attention "${common[@]}" --lora-rank 8 --learning-rate 1e-3
      run narrow-clamp "${common[@]}" --epsilon 0.002
      run narrow-one-sided "${common[@]}" --epsilon 0.002 --one-sided-clamp
      # A step per pair takes ten times as long: one epoch and one pass.
      once=(normalcy --epochs 1 --images 196 --evaluation-images 200 --seed 1 --inner-epochs 1)
      run once "${once[@]}"
      run once-official "${once[@]}" --mode official --learning-rate 3e-6
      heading "two epochs of 196 judged hands, seed 1"
      row defaults 'the defaults: whole U-Net, grouped, KL 0.02 to the epoch before'
      row kl-base 'and KL 0.1 to the base model'
      row strong-kl 'KL 0.1 to the epoch before'
      row no-kl 'without KL'
      row lora-all 'adapter of rank 8 on all layers, 3e-4'
      row lora-attention 'adapter of rank 8 on attention, 1e-3'
      row narrow-clamp 'clamp ε 0.002 as published (at 0.1 it never acts)'
      row narrow-one-sided 'clamp ε 0.002, one-sided'
      row once 'one epoch and one pass: grouped'
      row once-official 'one epoch and one pass: official, a step per pair, 3e-6'
      ;;
    gain)
      # Settings are chosen on another seed than those that are reported.
      hands=(normalcy --epochs 5 --images 98 --evaluation-images 100 --seed 11)
      run gain-before "${hands[@]}"
      run gain-passes "${hands[@]}" --inner-epochs 4
      run gain-held "${hands[@]}" --inner-epochs 4 --hold-color 1
      run gain-blind "${hands[@]}" --inner-epochs 4 --color-blind
      run gain-across "${hands[@]}" --inner-epochs 4 --hold-color 1 --across-groups --kl 0.01
      run gain-redraw "${hands[@]}" --inner-epochs 4 --hold-color 1 --redraw
      run gain-replay "${hands[@]}" --inner-epochs 2 --hold-color 1 --replay 4
      heading "${hands[*]}"
      row gain-before 'two passes, KL 0.02'
      row gain-passes 'four passes'
      row gain-held 'four passes, colors held'
      row gain-blind 'four passes, color-blind votes'
      row gain-across 'four passes, colors held, pairs across groups, KL 0.01'
      row gain-redraw 'four passes, colors held, steps drawn anew'
      row gain-replay 'two passes, colors held, the four epochs before again'
      art=(safety --epochs 2 --images 98 --evaluation-images 100 --seed 11 --hold-color 1)
      run gain-art-02 "${art[@]}" --inner-epochs 4
      run gain-art-05 "${art[@]}" --inner-epochs 2 --kl 0.05
      heading "${art[*]}"
      row gain-art-02 'four passes, KL 0.02'
      row gain-art-05 'two passes, KL 0.05'
      mirrors=(alignment --evaluation-images 100 --seed 11 --inner-epochs 4 --hold-color 1)
      run gain-mirrors-98 "${mirrors[@]}" --epochs 5 --images 98
      run gain-mirrors-140 "${mirrors[@]}" --epochs 7 --images 140 --images-per-step 70 --kl 0.1
      heading "${mirrors[*]}"
      row gain-mirrors-98 '98 pictures an epoch: 14 of the 20 prompts, KL 0.02'
      row gain-mirrors-140 '140 pictures an epoch: all prompts, KL 0.1, 70 images a step'
      ;;
    normalcy | safety | alignment | noise | held-normalcy | held-safety | held-alignment | held-noise)
      case $part in
        held-normalcy) size=(normalcy --epochs 5 --images 98 --inner-epochs 4 --hold-color 1) ;;
        held-noise) size=(normalcy --epochs 10 --images 98 --noise 0.2 --inner-epochs 4 --hold-color 1) ;;
        held-safety) size=(safety --epochs 2 --images 98 --inner-epochs 2 --kl 0.05 --hold-color 1) ;;
        held-alignment) size=(alignment --epochs 7 --images 140 --inner-epochs 4 --images-per-step 70 --kl 0.1 --hold-color 1) ;;
        normalcy) size=(normalcy --epochs 5 --images 196) ;;
        noise) size=(normalcy --epochs 5 --images 196 --noise 0.1) ;;
        safety) size=(safety --epochs 3 --images 98 --kl 0.1) ;;
        alignment) size=(alignment --epochs 5 --images 196 --kl 0.1) ;;
      esac
      for seed in 1 2 3; do run "$part-$seed" "${size[@]}" --evaluation-images 200 --seed "$seed"; done
      heading "${size[*]}"
      for seed in 1 2 3; do row "$part-$seed" "seed $seed"; done
      ;;
    *) echo "there is no part $part; there are settings, gain, normalcy, noise, safety, alignment, and the last four with held- before them" >&2; exit 2 ;;
  esac
done
