#!/usr/bin/env bash
# The engine on a GPU, held against the same loop in that machine's PyTorch.
# usage: bench/gpu.sh publish           where the .NET SDK is: makes artifacts/gpu/engine.tar.xz, without libtorch
#        bench/gpu.sh measure [OUT]     on a Linux x64 machine with a Python that has torch 2.10 with CUDA: at most eight minutes;
#                                       writes OUT/gpu.md (by default artifacts/gpu/results) and each step's log beside it
# No .NET is needed to measure, and no library but torch: PYTHON (python3), or LABELER_LIBTORCH for a libtorch without Python.
# DEVICE (cuda), GOLDEN (tests/golden), MODEL (random weights at Stable Diffusion 1.5's size) and IMAGES, STEPS, TIMESTEPS
# (7, 20, 2) make it smaller, for a try on a processor.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home="$root/artifacts/gpu"
usage() { sed -n '2,8s/^# \?//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

# Trimmed to the parts of .NET's own libraries that are used; the engine and its packages stay whole.
publish() {
  rm -rf "$home/engine" "$home/engine.tar.xz"
  dotnet publish "$root/src/TrainingEngine" -c Release -r linux-x64 --self-contained -o "$home/engine" -v q --nologo \
    -p:PublishLibTorch=false -p:DebugType=none \
    -p:PublishTrimmed=true -p:TrimMode=partial -p:SuppressTrimAnalysisWarnings=true -p:JsonSerializerIsReflectionEnabledByDefault=true
  XZ_OPT="--x86 --lzma2=preset=6" tar -C "$home" -cJf "$home/engine.tar.xz" engine
  echo "made $home/engine.tar.xz ($(du -h "$home/engine.tar.xz" | cut -f1)); carry it and the repository's bench and tests/golden to the machine, then: bench/gpu.sh measure"
}

# step NAME SECONDS COMMAND…: within its own limit and what is left of the whole. A step that fails is told; the rest goes on.
step() {
  local name=$1 limit=$2 left=$((budget - SECONDS)) code=0
  shift 2
  [ "$left" -lt "$limit" ] && limit=$left
  if [ "$limit" -lt 5 ]; then
    echo "$name: no time left" | tee "$out/$name.log" >&2
    failed=1
    return 0
  fi
  "$python" "$root/bench/peak.py" "$limit" "$out/$name.peak" "$out/$name.log" "$@" || code=$?
  echo "$name: exit $code after $(figure "$name.peak" seconds) s" >&2
  if [ "$code" -ne 0 ]; then
    tail -n 3 "$out/$name.log" >&2
    failed=1
  fi
}

# figure FILE KEY: the number behind a word at the start of a line; a dash where there is none.
figure() { { [ -f "$out/$1" ] && awk -v key="$2" '$1 == key { print $2; found = 1; exit } END { if (!found) print "–" }' "$out/$1"; } || echo –; }

# row TITLE FILE-ENDING KEY DTYPE: the engine's figure, PyTorch's, and their quotient.
row() {
  local ours theirs
  ours=$(figure "engine-$4.$2" "$3")
  theirs=$(figure "pytorch-$4.$2" "$3")
  awk -v title="$1, $4" -v a="$ours" -v b="$theirs" 'BEGIN { printf "| %s | %s | %s | %s |\n", title, a, b, (a + 0 > 0 && b + 0 > 0) ? sprintf("%.2f", a / b) : "–" }'
}

report() {
  echo "# The engine and PyTorch on one device"
  echo
  echo "- $("$python" -c 'import torch; print("PyTorch", torch.__version__, "CUDA", torch.version.cuda, torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU")' 2>/dev/null || echo "no PyTorch")"
  sed 's/^/- /' "$out/info.log"
  echo "- the U-Net of PyTorch against the reference results: $(tail -n 1 "$out/pytorch-golden.log" 2>/dev/null || echo "not run")"
  echo "- golden files in float32: $(grep -E '^[0-9]+ ok, ' "$out/golden.log" || echo "did not end")${icu:+ ($icu)}"
  echo "- $images images in a group, $steps guided DDIM steps, $timesteps trained timesteps, adapter of rank 4 on every attention; model: ${MODEL:-random weights, Stable Diffusion 1.5}; a GPU's float32 convolutions in TF32 on both sides, as libtorch has it"
  echo
  echo "| | engine | PyTorch | engine / PyTorch |"
  echo "|---|---|---|---|"
  for type in float32 bfloat16; do
    row "sampling, s a group" log sampling "$type"
    row "training, s a group and timestep" log training "$type"
    row "peak of the GPU's memory, MiB" peak gpu_mib "$type"
    row "peak of the process's memory, MiB" peak memory_mib "$type"
  done
  echo
  for type in float32 bfloat16; do
    echo "- estimate for training Stable Diffusion 1.5 in $type: $(head -n 1 "$out/memory-$type.log" 2>/dev/null || echo "not made")"
  done
  if [ -f "$out/offload.log" ]; then
    echo "- sampling in bfloat16 with text encoders offloaded and pictures in tiles: exit $(figure offload.peak exit), $(figure offload.peak gpu_mib) MiB of the GPU, $(figure offload.peak seconds) s"
  fi
  echo
  echo "The whole took $SECONDS s."
}

measure() {
  out=${1:-$home/results}
  mkdir -p "$out"
  out=$(cd "$out" && pwd)
  python=${PYTHON:-python3} device=${DEVICE:-cuda} golden=${GOLDEN:-$root/tests/golden}
  images=${IMAGES:-7} steps=${STEPS:-20} timesteps=${TIMESTEPS:-2} budget=${BUDGET:-470} failed=0 icu=
  rm -f "$out"/*.log "$out"/*.peak "$out/gpu.md"
  if [ ! -x "$home/engine/TrainingEngine" ]; then
    [ -f "$home/engine.tar.xz" ] || { echo "bench/gpu.sh: $home/engine.tar.xz is not there; make it with: bench/gpu.sh publish" >&2; exit 1; }
    "$python" -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$home/engine.tar.xz" "$home"
  fi
  local engine=("$home/engine/TrainingEngine") reference=("$python" "$root/bench/gpu_reference.py") torch=1 model=${MODEL:-$home/model}
  "$python" -c 'import torch' 2>/dev/null || torch=0
  if [ -z "${LABELER_LIBTORCH:-}" ]; then
    [ "$torch" -eq 1 ] || { echo "bench/gpu.sh: $python has no torch; name another in PYTHON, or a libtorch in LABELER_LIBTORCH" >&2; exit 1; }
    LABELER_LIBTORCH=$("$python" -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))')
    export LABELER_LIBTORCH
  fi
  # Without ICU .NET starts in invariant mode alone, where it cannot normalize texts: the tokenizer's golden file then fails.
  if [ "$(ldconfig -p 2>/dev/null | grep -c libicuuc)" -eq 0 ]; then
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
    icu="no ICU here: the golden file of the tokenizer cannot pass"
  fi
  step info 30 "${engine[@]}" info
  for type in float32 bfloat16; do
    step "memory-$type" 20 "${engine[@]}" memory --like sd15 --dtype "$type" --guided --micro-batch "$images" --train --device "$device"
  done
  step golden 110 "${engine[@]}" verify --golden "$golden" --device "$device"
  [ "$torch" -eq 0 ] || step pytorch-golden 40 "${reference[@]}" check "$golden" --device "$device"
  [ -d "$model" ] || step model 100 "${engine[@]}" random-model --like sd15 --dtype bfloat16 --out "$model"
  for type in float32 bfloat16; do
    local options=(--device "$device" --dtype "$type" --images "$images" --steps "$steps" --timesteps "$timesteps" --images-at-once "$images")
    step "engine-$type" 75 "${engine[@]}" bench device --model "$model" "${options[@]}"
    [ "$torch" -eq 0 ] || step "pytorch-$type" 60 "${reference[@]}" bench "$model" "${options[@]}"
  done
  rm -rf "$out/offload-samples"
  step offload 60 "${engine[@]}" sample --model "$model" --device "$device" --dtype bfloat16 --offload-text --tiles --prompt "a photo of a cat" \
    --group 1 --steps "$steps" --out "$out/offload-samples"
  report > "$out/gpu.md"
  cat "$out/gpu.md"
  return "$failed"
}

case ${1:-} in
  publish) publish ;;
  measure) shift; measure "$@" ;;
  *) usage ;;
esac
