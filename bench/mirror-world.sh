#!/usr/bin/env bash
# What the bundled model learns from simulated votes: each setting of D3PO with equal votes, side by side in one run.
# usage: bench/mirror-world.sh DIR [settings|gain|choice|normalcy|noise|safety|alignment …]
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
    $2 ~ /^[0-9]+$/ && $3 ~ /^[0-9]+$/ { if (first == "") { first = $4; wide = $(NF - 4); good = $(NF - 3) } labels = $3; last = $4; range = $5; wider = $(NF - 4); gooder = $(NF - 3); drift = $(NF - 2) }
    END { gain = last - first
          printf "| %s | %d | %.1f → %.1f [%s] | %.2f | %.2f | %.0f | %.0f %% | %.0f %% | %s |\n",
            what, labels, first, last, range, 100 * gain / labels, 60 * gain / seconds, seconds, 100 * wider / wide, 100 * gooder / good, drift }' "$out/$name.txt"
}

heading() { printf '\n| %s | judged | good %% | points per 100 judged | points per core minute | core s | diversity kept | among the good | distance of the mean colour |\n|---|---|---|---|---|---|---|---|---|\n' "$1"; }

for part in "${@:-settings}"; do
  case $part in
    settings)
      # Around the pull of 0.02 on steps as they were sampled.
      common=(normalcy --epochs 2 --images 196 --evaluation-images 200 --seed 1 --hold-color 0 --redraw false --kl 0.02)
      run defaults "${common[@]}"
      run kl-base "${common[@]}" --kl-base 0.1
      run strong-kl "${common[@]/0.02/0.1}"
      run no-kl "${common[@]/0.02/0}"
      run lora-all "${common[@]}" --lora-rank 8 --lora-all-layers --learning-rate 3e-4
      run lora-attention "${common[@]}" --lora-rank 8 --learning-rate 1e-3
      run narrow-clamp "${common[@]}" --epsilon 0.002
      run narrow-one-sided "${common[@]}" --epsilon 0.002 --one-sided-clamp
      # A step per pair takes ten times as long: one epoch and one pass.
      once=(normalcy --epochs 1 --images 196 --evaluation-images 200 --seed 1 --inner-epochs 1 --hold-color 0 --redraw false --kl 0.02)
      run once "${once[@]}"
      run once-official "${once[@]}" --mode official --learning-rate 3e-6
      heading "two epochs of 196 judged hands, seed 1"
      row defaults 'whole U-Net, grouped, KL 0.02 to the epoch before'
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
      # Settings are chosen on another seed than those that are reported. Each row says all that decides it, whatever defaults become.
      hands=(normalcy --epochs 5 --images 98 --evaluation-images 100 --seed 11)
      free=(--hold-color 0 --redraw false)
      held=(--hold-color 1 --redraw)
      run gain-before "${hands[@]}" "${free[@]}" --inner-epochs 2 --kl 0.02
      run gain-passes "${hands[@]}" "${free[@]}" --inner-epochs 4 --kl 0.02
      run gain-held "${hands[@]}" --hold-color 1 --redraw false --inner-epochs 4 --kl 0.02
      run gain-blind "${hands[@]}" "${free[@]}" --inner-epochs 4 --kl 0.02 --color-blind
      run gain-redraw "${hands[@]}" "${held[@]}" --inner-epochs 4 --kl 0.02
      run gain-redraw-05 "${hands[@]}" "${held[@]}" --inner-epochs 4 --kl 0.05
      heading "${hands[*]}"
      row gain-before 'two passes, KL 0.02'
      row gain-passes 'four passes'
      row gain-held 'four passes, colors held'
      row gain-blind 'four passes, color-blind votes'
      row gain-redraw 'four passes, colors held, steps drawn anew'
      row gain-redraw-05 'the same, KL 0.05'
      art=(safety --epochs 2 --images 98 --evaluation-images 100 --seed 11 --hold-color 1)
      run gain-art-free-05 "${art[@]}" --redraw false --inner-epochs 2 --kl 0.05
      run gain-art-05 "${art[@]}" --redraw --inner-epochs 4 --kl 0.05
      run gain-art-10 "${art[@]}" --redraw --inner-epochs 4 --kl 0.1
      run gain-art-10-2 "${art[@]}" --redraw --inner-epochs 2 --kl 0.1
      run gain-art-early "${art[@]}" --redraw --inner-epochs 4 --kl 0.1 --first-step 0 --last-step 9
      run gain-art-alike "${art[@]}" --redraw --inner-epochs 4 --kl 0.1 --first-step 0 --last-step 9 --hold-alike
      heading "${art[*]}"
      row gain-art-free-05 'steps as sampled, two passes, KL 0.05'
      row gain-art-05 'steps drawn anew, four passes, KL 0.05'
      row gain-art-10 'steps drawn anew, four passes, KL 0.1'
      row gain-art-10-2 'steps drawn anew, two passes, KL 0.1'
      row gain-art-early 'steps drawn anew, four passes, KL 0.1, sampling steps 0 to 9'
      row gain-art-alike 'the same, groups judged alike held'
      mirrors=(alignment --epochs 5 --images 196 --evaluation-images 100 --seed 11 --redraw)
      run gain-mirrors-half "${mirrors[@]}" --hold-color 0 --inner-epochs 2 --step-fraction 0.5 --kl 0.05
      run gain-mirrors-free "${mirrors[@]}" --hold-color 0 --inner-epochs 2 --kl 0.05
      run gain-mirrors-02 "${mirrors[@]}" --hold-color 0 --inner-epochs 2 --kl 0.02
      run gain-mirrors "${mirrors[@]}" --hold-color 1 --inner-epochs 2 --kl 0.05
      run gain-mirrors-alike "${mirrors[@]}" --hold-color 1 --inner-epochs 2 --kl 0.05 --hold-alike
      run gain-mirrors-3 "${mirrors[@]}" --hold-color 1 --inner-epochs 3 --kl 0.05
      run gain-mirrors-early "${mirrors[@]}" --hold-color 1 --inner-epochs 3 --kl 0.05 --first-step 0 --last-step 7
      run gain-mirrors-budget "${mirrors[@]}" --hold-color 1 --inner-epochs 2 --kl 0.05 --hold-alike --kl-budget 0.1
      run gain-mirrors-alike-signal "${mirrors[@]}" --hold-color 1 --inner-epochs 2 --kl 0.05 --hold-alike --sample-for-signal
      run gain-mirrors-free-alike "${mirrors[@]}" --hold-color 0 --inner-epochs 2 --kl 0.05 --hold-alike
      run gain-mirrors-free-signal "${mirrors[@]}" --hold-color 0 --inner-epochs 2 --kl 0.05 --hold-alike --sample-for-signal
      run gain-mirrors-decay "${mirrors[@]}" --hold-color 0 --inner-epochs 2 --kl 0.05 --hold-alike --sample-for-signal --learning-rate 5e-5 --learning-rate-decay 0.9
      run gain-mirrors-late "${mirrors[@]}" --hold-color 1 --inner-epochs 2 --kl 0.05 --first-step 3 --last-step 16
      heading "${mirrors[*]}"
      row gain-mirrors-half 'two passes over half of the steps, KL 0.05, colors free'
      row gain-mirrors-free 'two passes, KL 0.05, colors free'
      row gain-mirrors-02 'two passes, KL 0.02, colors free'
      row gain-mirrors 'two passes, KL 0.05, colors held'
      row gain-mirrors-alike 'the same, groups judged alike held, too'
      row gain-mirrors-budget 'and a budget of 0.1 nats an epoch'
      row gain-mirrors-alike-signal 'colors held, groups judged alike held, asked for signal'
      row gain-mirrors-free-alike 'colors free, groups judged alike held'
      row gain-mirrors-free-signal 'colors free, groups judged alike held, asked for signal'
      row gain-mirrors-decay 'the same, learning rate from 5e-5 to a tenth'
      row gain-mirrors-3 'three passes, KL 0.05, colors held'
      row gain-mirrors-early 'three passes, KL 0.05, colors held, sampling steps 0 to 7'
      row gain-mirrors-late 'two passes, KL 0.05, colors held, sampling steps 3 to 16'
      ;;
    choice)
      # What the present model's settings were chosen by.
      hands=(normalcy --epochs 5 --images 98 --inner-epochs 4 --evaluation-images 200 --seed 11)
      decay=(--learning-rate 6e-5 --learning-rate-decay 0.9)
      run choice-hands "${hands[@]}"
      run choice-hands-85 "${hands[@]}" "${decay[@]}" --step-fraction 0.85
      run choice-hands-75 "${hands[@]}" "${decay[@]}" --step-fraction 0.75
      run choice-hands-60 "${hands[@]}" --step-fraction 0.6
      run choice-hands-alike-60 "${hands[@]}" --step-fraction 0.6 --hold-color 0.2 --hold-alike
      run choice-hands-alike-50 "${hands[@]}" --step-fraction 0.5 --hold-color 0.2 --hold-alike --kl 0.04
      run choice-hands-across "${hands[@]}" --step-fraction 0.5 --hold-color 0.2 --across-groups --kl 0.04
      run choice-hands-across-8 "${hands[@]}" --step-fraction 0.5 --hold-color 0.2 --across-groups --kl 0.08
      run choice-hands-alike-60-04 "${hands[@]}" --step-fraction 0.6 --hold-color 0.2 --hold-alike --kl 0.04
      run choice-hands-warm-04 "${hands[@]}" --step-fraction 0.5 --hold-color 0.2 --hold-alike --kl 0.04 --warm-up-steps 12
      run choice-hands-warm "${hands[@]}" --step-fraction 0.5 --hold-color 0.2 --hold-alike --warm-up-steps 12
      run choice-hands-decay "${hands[@]}" --step-fraction 0.6 --hold-color 0.2 --hold-alike --kl 0.04 --learning-rate 5e-5 --learning-rate-decay 0.9
      heading "${hands[*]}"
      row choice-hands 'all steps'
      row choice-hands-85 '85 % of the steps, learning rate from 6e-5 to a tenth'
      row choice-hands-75 '75 % of the steps, learning rate from 6e-5 to a tenth'
      row choice-hands-60 '60 % of the steps'
      row choice-hands-alike-60 '60 % of the steps, colors held by a fifth, groups judged alike held'
      row choice-hands-alike-50 'half of the steps, KL 0.04, colors held by a fifth, groups judged alike held'
      row choice-hands-across 'half of the steps, KL 0.04, colors held by a fifth, pairs across groups'
      row choice-hands-across-8 'the same, KL 0.08'
      row choice-hands-alike-60-04 '60 % of the steps, KL 0.04, colors held by a fifth, groups judged alike held'
      row choice-hands-warm-04 'half of the steps, KL 0.04, colors held by a fifth, groups judged alike held, 12 steps of warm-up'
      row choice-hands-warm 'the same, KL 0.05'
      row choice-hands-decay '60 % of the steps, KL 0.04, colors held by a fifth, groups judged alike held, learning rate from 5e-5 to a tenth'
      art=(safety --epochs 2 --images 98 --inner-epochs 4 --first-step 0 --last-step 9 --evaluation-images 200 --seed 11)
      run choice-art "${art[@]}"
      run choice-art-warm "${art[@]}" --warm-up-steps 12
      heading "${art[*]}"
      row choice-art 'KL 0.05'
      row choice-art-warm '12 steps of warm-up'
      mirrors=(alignment --epochs 5 --images 196 --evaluation-images 200 --seed 11 --hold-color 0 --hold-alike --sample-for-signal --learning-rate-decay 0.9)
      run choice-mirrors-05 "${mirrors[@]}" --step-fraction 0.6 --learning-rate 5e-5
      run choice-mirrors-10-5 "${mirrors[@]}" --step-fraction 0.6 --learning-rate 5e-5 --kl 0.1
      run choice-mirrors-10 "${mirrors[@]}" --step-fraction 0.6 --kl 0.1
      run choice-mirrors-13 "${mirrors[@]}" --step-fraction 0.6 --kl 0.13
      run choice-mirrors-held alignment --epochs 5 --images 196 --evaluation-images 200 --seed 11 --hold-color 0.05 --hold-alike \
        --sample-for-signal --learning-rate-decay 0.9 --step-fraction 0.5 --kl 0.1
      run choice-mirrors-15 "${mirrors[@]}" --step-fraction 0.6 --kl 0.15
      run choice-mirrors-base "${mirrors[@]}" --step-fraction 0.5 --learning-rate 5e-5 --kl-base 0.05
      heading "${mirrors[*]}"
      row choice-mirrors-05 '60 % of the steps, learning rate 5e-5, KL 0.05'
      row choice-mirrors-10-5 '60 % of the steps, learning rate 5e-5, KL 0.1'
      row choice-mirrors-10 '60 % of the steps, learning rate 3e-5, KL 0.1'
      row choice-mirrors-13 '60 % of the steps, learning rate 3e-5, KL 0.13'
      row choice-mirrors-held 'half of the steps, learning rate 3e-5, KL 0.1, colors held by 0.05'
      row choice-mirrors-15 '60 % of the steps, learning rate 3e-5, KL 0.15'
      row choice-mirrors-base 'half of the steps, learning rate 5e-5, KL 0.05, and 0.05 to the base model'
      # Between the two that seed 11 leaves, two more seeds decide.
      for seed in 12 13; do
        run choice-mirrors-13-$seed "${mirrors[@]/#11/$seed}" --step-fraction 0.6 --kl 0.13
        run choice-mirrors-15-$seed "${mirrors[@]/#11/$seed}" --step-fraction 0.6 --kl 0.15
        row choice-mirrors-13-$seed "60 % of the steps, learning rate 3e-5, KL 0.13, seed $seed"
        row choice-mirrors-15-$seed "60 % of the steps, learning rate 3e-5, KL 0.15, seed $seed"
      done
      run choice-mirrors-7 alignment --epochs 7 --images 140 --evaluation-images 200 --seed 11 --hold-color 0 --hold-alike --sample-for-signal \
        --learning-rate-decay 0.9 --step-fraction 0.6 --kl 0.15
      row choice-mirrors-7 '60 % of the steps, learning rate 3e-5, KL 0.15, seven epochs of 140'
      noise=(normalcy --epochs 5 --images 196 --noise 0.2 --evaluation-images 200 --seed 11)
      run choice-noise "${noise[@]}" --step-fraction 0.6
      run choice-noise-9 "${noise[@]}" --step-fraction 0.6 --learning-rate 9e-5 --learning-rate-decay 0.9
      run choice-noise-03 "${noise[@]}" --step-fraction 0.6 --kl 0.03
      run choice-noise-free-03 "${noise[@]}" --step-fraction 0.75 --kl 0.03 --hold-color 0
      run choice-noise-free-05 "${noise[@]}" --step-fraction 0.6 --hold-color 0
      run choice-noise-held-03 "${noise[@]}" --step-fraction 0.6 --kl 0.03 --hold-color 0.2
      run choice-noise-held-05 "${noise[@]}" --step-fraction 0.6 --hold-color 0.2
      run choice-noise-held-04 "${noise[@]}" --step-fraction 0.5 --kl 0.04 --hold-color 0.2
      run choice-noise-across "${noise[@]}" --step-fraction 0.5 --kl 0.04 --hold-color 0.2 --across-groups
      run choice-noise-across-8 "${noise[@]}" --step-fraction 0.5 --kl 0.08 --hold-color 0.2 --across-groups
      run choice-noise-42-03 "${noise[@]}" --step-fraction 0.42 --kl 0.03 --hold-color 0.2
      run choice-noise-42-02 "${noise[@]}" --step-fraction 0.42 --kl 0.02 --hold-color 0.2
      run choice-noise-42-warm "${noise[@]}" --step-fraction 0.42 --kl 0.03 --hold-color 0.2 --warm-up-steps 12
      run choice-noise-42-warm-4 "${noise[@]}" --step-fraction 0.42 --kl 0.03 --hold-color 0.2 --warm-up-steps 12 --learning-rate 4e-5
      run choice-noise-50-warm "${noise[@]}" --step-fraction 0.5 --kl 0.03 --hold-color 0.2 --warm-up-steps 12
      run choice-noise-decay "${noise[@]}" --step-fraction 0.5 --kl 0.03 --hold-color 0.2 --learning-rate 5e-5 --learning-rate-decay 0.9
      heading "${noise[*]}"
      row choice-noise '60 % of the steps'
      row choice-noise-9 '60 % of the steps, learning rate from 9e-5 to a tenth'
      row choice-noise-03 '60 % of the steps, KL 0.03'
      row choice-noise-free-03 '75 % of the steps, KL 0.03, colors free'
      row choice-noise-free-05 '60 % of the steps, KL 0.05, colors free'
      row choice-noise-held-03 '60 % of the steps, KL 0.03, colors held by a fifth'
      row choice-noise-held-05 '60 % of the steps, KL 0.05, colors held by a fifth'
      row choice-noise-held-04 'half of the steps, KL 0.04, colors held by a fifth'
      row choice-noise-across 'half of the steps, KL 0.04, colors held by a fifth, pairs across groups'
      row choice-noise-across-8 'the same, KL 0.08'
      row choice-noise-42-03 '42 % of the steps, KL 0.03, colors held by a fifth'
      row choice-noise-42-02 'the same, KL 0.02'
      row choice-noise-42-warm '42 % of the steps, KL 0.03, colors held by a fifth, 12 steps of warm-up'
      row choice-noise-42-warm-4 'the same, learning rate 4e-5'
      row choice-noise-50-warm 'half of the steps, KL 0.03, colors held by a fifth, 12 steps of warm-up'
      row choice-noise-decay 'half of the steps, KL 0.03, colors held by a fifth, learning rate from 5e-5 to a tenth'
      ;;
    normalcy | safety | alignment | noise)
      case $part in
        normalcy) size=(normalcy --epochs 5 --images 98 --inner-epochs 4 --hold-color 0.2 --hold-alike --step-fraction 0.5 --warm-up-steps 12) ;;
        noise) size=(normalcy --epochs 5 --images 196 --noise 0.2 --kl 0.03 --hold-color 0.2 --step-fraction 0.42 --warm-up-steps 12 --learning-rate 4e-5) ;;
        safety) size=(safety --epochs 2 --images 98 --inner-epochs 4 --first-step 0 --last-step 9) ;;
        alignment) size=(alignment --epochs 5 --images 196 --kl 0.13 --hold-color 0 --hold-alike --sample-for-signal --step-fraction 0.6 --learning-rate-decay 0.9) ;;
      esac
      for seed in 1 2 3; do run "$part-$seed" "${size[@]}" --evaluation-images 200 --seed "$seed"; done
      heading "${size[*]}"
      for seed in 1 2 3; do row "$part-$seed" "seed $seed"; done
      ;;
    *) echo "there is no part $part; there are settings, gain, choice, normalcy, noise, safety and alignment" >&2; exit 2 ;;
  esac
done
