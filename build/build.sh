# Builds projects when a source is newer than their last build. Sourced by ./labeler.

# build_project PROJECT…: a Release build of each, quiet unless it fails.
build_project() {
  local stamp="$root/artifacts/built-$(printf '%s ' "$@" "cuda=${LABELER_CUDA:-}" | md5sum | cut -c1-8)" log project
  if [ -f "$stamp" ] && [ -z "$(find "$root/src" "$root/build" "$root/wwwroot-assets" "$root/bench" "$root/tests/Support" "$root"/*.props "$root/appsettings.json" -newer "$stamp" -type f -print -quit)" ]; then
    return 0
  fi
  [ -d "$root/artifacts/obj" ] || echo "labeler: the first build downloads the packages that are missing, about 190 MB where none is there" >&2
  mkdir -p "$root/artifacts"
  # Of the time before the build: what is saved while it goes on is newer.
  touch "$stamp.begun"
  log=$(mktemp)
  for project in "$@"; do
    echo "labeler: building $project" >&2
    if ! dotnet build "$root/$project" -c Release -v q --nologo >"$log" 2>&1; then
      cat "$log" >&2
      echo "labeler: the build of $project failed" >&2
      exit 1
    fi
  done
  rm -f "$log"
  mv "$stamp.begun" "$stamp"
}

# All builds lie in one folder: after one with another libtorch none of them is up to date.
libtorch_now="cuda=${LABELER_CUDA:-}"
if [ "$(cat "$root/artifacts/libtorch-of-builds" 2>/dev/null || echo cuda=)" != "$libtorch_now" ]; then
  rm -f "$root"/artifacts/built-*
  mkdir -p "$root/artifacts"
  echo "$libtorch_now" >"$root/artifacts/libtorch-of-builds"
fi
