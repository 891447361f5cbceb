#!/usr/bin/env bash
# D3PO on the bundled model in float32 and in bfloat16: the same seeds, the same pictures at the start, rewards with intervals.
# usage: bench/precision.sh OUT [options of `engine reproduce compressibility`, as --seeds 3 --epochs 6 --images 112]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
[ $# -ge 1 ] || { sed -n '2,3s/^# \?//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
out=$1
shift
engine=(${ENGINE:-"$root/labeler" engine})
for type in float32 bfloat16; do
  "${engine[@]}" reproduce compressibility --model "$root/models/mirror-world" --algorithms d3po --dtype "$type" --out "$out/$type" "$@"
done
