#!/usr/bin/env bash
# Builds Skein, starts its server and lets it dispatch a day over the San Francisco Bay. See --help.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: deploy/demo.sh [--stay] [--policy NAME] [--seed N] [--speed X]

Installs missing Debian packages, builds skein, starts the server on a fresh SQLite store and plays
a day of the San Francisco Bay network against it over gRPC. Every decision is the server's, and is
on disk before it is answered. If Prometheus is installed, one watches the server with the rules of
deploy/prometheus. Ends with the day's report and where to look.

  --stay         leaves the server up until Ctrl-C
  --policy NAME  who decides: captain (default), or another name in `skein serve --help`
  --seed N       which day: demand, weather, delays, failures (default 1000001)
  --speed X      network seconds per second, or max (default 600: the day lasts a minute and a half)
  --help         prints this text

Works from any folder; takes free ports if 50051, 9464, 9465 or 9090 are taken.
USAGE
}

stay=false
policy=captain
seed=1000001
speed=600
scenario=metro:sfbay
while (($# > 0)); do
  case $1 in
    --stay) stay=true ;;
    --policy | --seed | --speed)
      (($# >= 2)) || { echo "demo.sh: $1 needs a value" >&2 && exit 2; }
      printf -v "${1#--}" '%s' "$2"
      shift
      ;;
    --help | -h) usage && exit 0 ;;
    *) echo "demo.sh: unknown option $1" >&2 && usage >&2 && exit 2 ;;
  esac
  shift
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=deploy/packages.sh
source deploy/packages.sh
skein=build/release/skein
server=""  # process ids
driver=""
prometheus=""

# Ends a program of ours and waits until it has written everything.
stop() {
  local pid=$1 tries
  [[ -n $pid ]] && kill -TERM "$pid" 2>/dev/null || return 0
  for ((tries = 0; tries < 150; ++tries)); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}
trap 'stop "$driver"; stop "$prometheus"; stop "$server"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

build() {
  install_missing "${BUILD_PACKAGES[@]}"
  echo "Building; the first time takes some minutes."
  local log
  log=$(cmake --preset release -DSKEIN_TESTS=OFF 2>&1) || {
    echo "$log" >&2
    return 1
  }
  cmake --build --preset release --target skein -j "$(build_jobs)"
}

# What the server's log says after "event=$1 address=".
logged_address() { sed -n "s/.* event=$1 address=//p" "$state/server.log"; }

# Waits until a command prints where a process of ours listens, and sets the caller's `address`. If the process
# ends first, or after half a minute, shows the end of its log.
await_address() {
  local process=$1 name=$2 log=$3 tries
  shift 3
  for ((tries = 0; tries < 300; ++tries)); do
    address=$("$@")
    if [[ -n $address ]]; then return; fi
    kill -0 "$process" 2>/dev/null || break
    sleep 0.1
  done
  echo "demo.sh: $name did not start:" >&2
  tail -n 20 "$log" >&2
  return 1
}

start_server() {
  local port=50051 metrics_port=9464 console_port=9465
  state=${XDG_STATE_HOME:-$HOME/.local/state}/skein/demo-$(date +%Y%m%d-%H%M%S)-$$
  store=$state/skein.db
  mkdir -p "$state"
  : >"$state/server.log"
  # Port 0: any that is free.
  if listens "$port"; then port=0; fi
  if listens "$metrics_port"; then metrics_port=0; fi
  if listens "$console_port"; then console_port=0; fi
  # In a session of its own: Ctrl-C is for this script, which then stops the server in order.
  setsid "$skein" serve --listen "127.0.0.1:$port" --metrics "127.0.0.1:$metrics_port" \
    --console "127.0.0.1:$console_port" --store "sqlite:$store" --policy "$policy" \
    2>"$state/server.log" &
  server=$!
  await_address "$server" "the server" "$state/server.log" logged_address listening || return 1
  metrics=$(logged_address metrics)
  console=$(logged_address console)
  echo "The server listens on $address; its log is $state/server.log"
  echo "Watch the day in a browser: http://$console/"
}

# A Prometheus of our own, with the project's rules and its data in the demo's folder.
start_prometheus() {
  local port=9090 address
  if listens "$port"; then port=0; fi
  sed -e "s|rules/|$root/deploy/prometheus/&|" -e "s|127.0.0.1:9464|$metrics|" \
    deploy/prometheus/prometheus.yml >"$state/prometheus.yml"
  : >"$state/prometheus.log"
  setsid prometheus --config.file="$state/prometheus.yml" --storage.tsdb.path="$state/prometheus" \
    --web.listen-address="127.0.0.1:$port" 2>"$state/prometheus.log" &
  prometheus=$!
  await_address "$prometheus" Prometheus "$state/prometheus.log" \
    sed -n 's/.* msg="Listening on" address=//p' "$state/prometheus.log" || return 1
  alerts=http://$address/alerts
  echo "Prometheus watches it: $alerts"
}

say_where_to_look() {
  cat <<LOOK

Where to look$($stay || echo " (deploy/demo.sh --stay leaves the server up)"):
  console   http://$console/
  gRPC      $address
  metrics   http://$metrics/metrics
  alerts    $alerts
  store     $store
  replay    $root/$skein replay --store sqlite:$store --network sfbay --verify
            (when the server is down: one process at a time opens a store)
  Python    /usr/bin/python3 $root/deploy/examples/first_client.py $address
            (packages: ${CLIENT_PACKAGES[*]})
  any tool  npx --yes @bufbuild/buf curl --protocol grpc --http2-prior-knowledge \\
              -d '{"network": "networks/sfbay", "pageSize": 1}' \\
              http://$address/skein.v1.DispatchService/ListDecisions
LOOK
}

build
start_server
alerts="(when the package prometheus is installed)"
if command -v prometheus >/dev/null; then start_prometheus; fi
"$skein" drive --target "$address" --scenario "$scenario" --seed "$seed" --network sfbay \
  --policy "$policy" --speed "$speed" &
driver=$!
wait "$driver"
driver=""
say_where_to_look
if $stay; then
  echo
  echo "The server stays up; Ctrl-C ends it."
  trap 'exit 0' INT
  wait "$server"
fi
