#!/usr/bin/env bash
# A private PostgreSQL cluster for tests: its files, socket and log are in one folder, and nothing of
# the machine's own clusters is touched.
#
#   cluster.sh init FOLDER [SETTING...]   makes the cluster, with the database "skein" of the user "skein"
#   cluster.sh run FOLDER                 becomes its server, and ends when the calling process ends
#   cluster.sh ready FOLDER               exit 0 if it takes connections
#   cluster.sh copy FOLDER NEW            makes NEW, or makes it anew, a standby of the cluster that runs
#                                         in FOLDER; it follows once it runs itself
#   cluster.sh promote FOLDER             makes the standby that runs in FOLDER a primary
#   cluster.sh psql FOLDER SQL            runs a statement
#   cluster.sh remove FOLDER              removes the files
#
# Stop it by a signal to `run`: INT is a fast shutdown, QUIT an immediate one, KILL a crash. PostgreSQL
# refuses to run as root; then it runs as the user postgres.
set -euo pipefail

command=$1 folder=$2
shift 2
bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)
[[ -n $bin ]] || { echo "cluster.sh: install the package postgresql" >&2 && exit 1; }

# Prints the command that runs another one as the owner of the cluster.
as_owner() {
  if ((EUID == 0)); then
    echo "setpriv --reuid=postgres --regid=postgres --init-groups --reset-env"
  fi
}

settings() {
  cat <<SETTINGS
listen_addresses = ''
shared_buffers = 32MB
max_connections = 60
superuser_reserved_connections = 3
wal_level = replica
max_wal_senders = 4
restart_after_crash = on
SETTINGS
  printf '%s\n' "$@"
}

case $command in
  init)
    mkdir -p "$folder"
    if ((EUID == 0)); then chown postgres: "$folder"; fi
    # shellcheck disable=SC2046  # a command and its arguments
    $(as_owner) "$bin/initdb" -D "$folder/data" -U skein -A trust -E UTF8 --locale=C -k --no-sync \
      --no-instructions >"$folder/initdb.log"
    settings "$@" >>"$folder/data/postgresql.conf"
    echo "CREATE DATABASE skein" |
      $(as_owner) "$bin/postgres" --single -D "$folder/data" postgres >>"$folder/initdb.log" 2>&1
    ;;
  run)
    # shellcheck disable=SC2046
    exec $(as_owner | sed 's/^$/setpriv/') --pdeathsig INT "$bin/postgres" -D "$folder/data" -k "$folder" \
      >>"$folder/server.log" 2>&1
    ;;
  ready)
    exec "$bin/pg_isready" -q -t 1 -h "$folder" -U skein
    ;;
  copy)
    new=$1
    mkdir -p "$new"
    rm -rf "$new/data"
    if ((EUID == 0)); then chown postgres: "$new"; fi
    # shellcheck disable=SC2046
    $(as_owner) "$bin/pg_basebackup" -h "$folder" -U skein -D "$new/data" -R -X stream -c fast --no-sync
    ;;
  promote)
    # shellcheck disable=SC2046
    $(as_owner) "$bin/pg_ctl" promote -s -w -D "$folder/data"
    ;;
  psql)
    exec "$bin/psql" -h "$folder" -U skein -d skein -X -q -A -t -v ON_ERROR_STOP=1 -c "$1"
    ;;
  remove)
    rm -rf "$folder"
    ;;
  *)
    echo "cluster.sh: unknown command $command" >&2
    exit 2
    ;;
esac
