# Installs the Debian packages that are missing. Sourced by ./labeler.
packages_test="chromium postgresql openmpi-bin python3 fonts-liberation mate-backgrounds"
# With a Node.js of another source its npm comes, too, and Debian's does not go beside it.
command -v npm >/dev/null || packages_test="$packages_test npm"

# require_packages test …: installs what of these groups is not there yet.
require_packages() {
  local missing=() group name
  for group in "$@"; do
    local list="packages_$group"
    for name in ${!list}; do
      [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
    done
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local install="apt-get install -y --no-install-recommends ${missing[*]}" as=()
  if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then as=(sudo); else
      echo "labeler: packages are missing and this user may not install them; run as root: apt-get update && $install" >&2
      exit 1
    fi
  fi
  echo "labeler: installing ${missing[*]}" >&2
  local log
  log=$(mktemp)
  if ! { "${as[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${as[@]}" $install; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "labeler: could not install the packages; run as root: apt-get update && $install" >&2
    exit 1
  fi
  rm -f "$log"
}

# require_s3_server: installs the S3 server that tests start, by npm, unless it is there.
require_s3_server() {
  local folder="$root/artifacts/s3" lock="$root/tests/Support/S3/package-lock.json" log
  cmp -s "$lock" "$folder/installed.json" && return 0
  echo "labeler: installing the S3 server of the tests" >&2
  mkdir -p "$folder"
  cp "$root/tests/Support/S3/package.json" "$lock" "$folder/"
  log=$(mktemp)
  if ! (cd "$folder" && npm ci --no-audit --no-fund) >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "labeler: could not install the S3 server; see that npm reaches its registry" >&2
    exit 1
  fi
  rm -f "$log"
  cp "$lock" "$folder/installed.json"
}
