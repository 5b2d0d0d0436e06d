#!/usr/bin/env bash
# The units of deploy/systemd are sound, and shut in: see `systemd-analyze security`.
#
#   units_test.sh WORK   makes a root in the folder WORK
set -euo pipefail

most_exposed=11  # tenths, of 100: what is left is mostly the network that it serves
deploy=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../deploy" && pwd)
root=$1
rm -rf "$root"
install -D -m 644 -t "$root/usr/lib/systemd/system" "$deploy"/systemd/*.{service,timer}
# What the units call and name.
install -D /bin/true "$root/usr/bin/skein"
install -D /bin/true "$root/usr/libexec/skein/backup"
install -D -m 644 -t "$root/usr/share/doc/skein" "$deploy"/../docs/operations.md
for unit in multi-user.target network-online.target sysinit.target basic.target shutdown.target timers.target \
  time-set.target time-sync.target umount.target; do
  printf '[Unit]\nDescription=%s\n' "$unit" >"$root/usr/lib/systemd/system/$unit"
done

complaints=$(systemd-analyze verify --man=no --root="$root" \
  skein.service skein-backup.service skein-backup.timer 2>&1)
[[ -z $complaints ]] || { echo "$complaints" >&2 && exit 1; }
systemd-analyze security --offline=true --threshold="$most_exposed" --no-pager --root="$root" \
  skein.service skein-backup.service | grep '^→'
