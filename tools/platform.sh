# Sourced by benchmarks: starts platforms with folders of their own, puts load on them, and removes
# everything at the end. Gives $repo, $work, $out (where results are written) and $models.
repo=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/heddle-bench-XXXXXX")
chmod 755 "$work" # the database may run as another user
HEDDLE_KEY=$(head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n')
export HEDDLE_KEY
models=intent,sql,dates,german,triage,redact,base
servers=

finish() {
  for server in $servers; do
    kill "$server" 2>/dev/null && wait "$server" || true
  done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# start NAME COMMAND...: starts a platform by `env COMMAND...`, on a port and a data folder of its
# own. Prints nothing; $address is where it is once it is ready, $server its process.
start() {
  name=$1
  shift
  port=$(shuf -i 20000-29999 -n 1)
  mkdir -p "$work/$name"
  chmod 755 "$work/$name"
  env HEDDLE_DATA="$work/$name" HEDDLE_PORT="$port" HEDDLE_BOOTSTRAP_ADMIN_KEY="$HEDDLE_KEY" \
    HEDDLE_MEMORY="${HEDDLE_MEMORY:-2GB}" "$@" >"$work/$name.log" 2>&1 &
  server=$!
  servers="$servers $server"
  address=http://127.0.0.1:$port
}

# Waits until a platform is ready; the demo's also until its adapters are published.
await() {
  until curl -sf "$1/actuator/health/readiness" >/dev/null &&
    { [ $# -lt 2 ] || grep -q 'Ctrl-C stops' "$work/$2.log"; }; do
    sleep 0.5
    [ -z "$(find "$work" -maxdepth 1 -name '*.log' -exec grep -l '^heddle: .*not started' {} +)" ] ||
      { cat "$work"/*.log >&2; exit 1; }
  done
}

# What is to happen once everything is warm and before anything counts, such as waiting until others
# leave the machine alone: the command in WHEN_WARM, if there is one.
warm() {
  [ -z "${WHEN_WARM-}" ] || sh -c "$WHEN_WARM"
}

# load ADDRESS OPTIONS...: JSON on stdout, what it says on the way nowhere.
load() {
  at=$1
  shift
  "$repo/heddle" load --server "$at" "$@" 2>"$work/load.log" || { cat "$work/load.log" >&2; exit 1; }
}

# A number of the platform's metrics.
metric() {
  curl -s "$1/metrics" | awk -v name="$2" '$1 == name { print $2 }'
}
