#!/usr/bin/env bash
# Checks the files for containers without running any: the Dockerfile by the linter of Docker's language
# server, compose.yaml by the schema of the Compose specification, the manifests by the API of Kubernetes.
#
#   manifests_test.sh WORK   installs the checkers of package-lock.json in the folder WORK, and keeps them
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deploy=$(cd "$here/../../deploy" && pwd)
mkdir -p "$1"
cd "$1"

if ! cmp -s "$here/package-lock.json" package-lock.json; then
  cp "$here"/{package.json,package-lock.json,.npmrc} .
  npm ci --prefer-offline --no-audit --no-fund --silent || { rm package-lock.json && exit 1; }
fi
cp "$here/manifests.mjs" .
bin=node_modules/.bin

"$bin/dockerfile-utils" lint "$deploy/Dockerfile"
"$bin/dclint" --quiet "$deploy/compose.yaml"  # errors only: what it warns of is order and quotes
node manifests.mjs "$deploy" manifests.ts
"$bin/tsc" --noEmit --strict --skipLibCheck --target es2022 --module node16 --moduleResolution node16 \
  manifests.ts
