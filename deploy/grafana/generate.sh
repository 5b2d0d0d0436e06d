#!/usr/bin/env bash
# Writes the dashboards from their typed code. See --help.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: deploy/grafana/generate.sh [--check] [--work FOLDER]

Compiles src/*.ts, writes dashboards/*.json and checks them against Grafana's published schema.

  --check        writes nothing into the tree; fails if dashboards/*.json are not up to date
  --work FOLDER  where to install and compile; kept, so that the next run is fast
  --help         prints this text

Needs Node.js 18 or newer with npm.
USAGE
}

check=false
work=""
while (($# > 0)); do
  case $1 in
    --check) check=true ;;
    --work) (($# >= 2)) || { usage >&2 && exit 2; } && work=$2 && shift ;;
    --help | -h) usage && exit 0 ;;
    *) echo "generate.sh: unknown option $1" >&2 && usage >&2 && exit 2 ;;
  esac
  shift
done

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [[ -z $work ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work"
cd "$work"

if ! cmp -s "$here/package-lock.json" package-lock.json; then
  cp "$here"/{package.json,package-lock.json,.npmrc} .
  npm ci --prefer-offline --no-audit --no-fund --silent || { rm package-lock.json && exit 1; }
fi
rm -rf src compiled dashboards
cp -r "$here"/{src,tsconfig.json,write.mjs,check.mjs} .
node_modules/.bin/tsc -p .
node write.mjs compiled dashboards
node check.mjs dashboards checked.ts
node_modules/.bin/tsc --noEmit --strict --skipLibCheck --target es2022 --module node16 \
  --moduleResolution node16 checked.ts

if $check; then
  diff -r "$here/dashboards" dashboards >&2 || {
    echo "dashboards/*.json are not what src/*.ts says: run deploy/grafana/generate.sh" >&2
    exit 1
  }
  echo "The dashboards are up to date and of Grafana's schema."
else
  mkdir -p "$here/dashboards"
  cp dashboards/*.json "$here/dashboards/"
fi
