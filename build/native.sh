#!/usr/bin/env bash
# Builds the native library of src/TrainingEngine/Torch and prints its path; prints nothing where libtorch's
# headers or a compiler are missing, so that everything else can still be built. A library is built once for
# each content of the sources and each libtorch (TORCH_DIR, else the system's) and kept in artifacts/native/.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sources="$root/src/TrainingEngine/Torch/Native"
name=liblabeler_torch.so

torch=${TORCH_DIR:-}
if [ -n "$torch" ]; then
  torch=$(cd "$torch" 2>/dev/null && pwd) || { echo "TORCH_DIR=$TORCH_DIR: there is no such folder" >&2; exit 1; }
  header="$torch/include/torch/script.h" library="$torch/lib/libtorch_cpu.so"
  [ -e "$header" ] && [ -e "$library" ] || { echo "TORCH_DIR=$TORCH_DIR holds no libtorch (include/torch/script.h and lib/libtorch_cpu.so)" >&2; exit 1; }
else
  header=/usr/include/torch/script.h library=/usr/lib/$(uname -m)-linux-gnu/libtorch_cpu.so
  [ -e "$header" ] && [ -e "$library" ] || { echo "libtorch-dev is missing; the training engine will not run" >&2; exit 0; }
fi
for tool in cmake c++; do
  command -v "$tool" >/dev/null || { echo "$tool is missing; the training engine will not run" >&2; exit 0; }
done

identity=$(cat "$sources"/* "$root/build/native.sh" | sha256sum; echo "$torch"; realpath "$library"; stat -L -c '%s %Y' "$library"; c++ -dumpfullversion)
folder="$root/artifacts/native/$(printf '%s' "$identity" | sha256sum | cut -c1-16)"
if [ ! -e "$folder/$name" ]; then
  mkdir -p "$root/artifacts/native"
  # One build at a time; it ends with a rename, so that nobody sees half of a library.
  exec 9>"$root/artifacts/native/lock"
  flock 9
  if [ ! -e "$folder/$name" ]; then
    echo "labeler: building the native library" >&2
    work=$(mktemp -d "$root/artifacts/native/building.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    if ! { cmake -S "$sources" -B "$work" -DCMAKE_BUILD_TYPE=Release -DTORCH_DIR="$torch" && cmake --build "$work" --parallel; } >"$work/log" 2>&1 9>&-; then
      tail -n 40 "$work/log" >&2
      echo "labeler: the native library did not build" >&2
      exit 1
    fi
    mkdir -p "$folder"
    mv "$work/$name" "$folder/$name"
  fi
fi
echo "$folder/$name"
