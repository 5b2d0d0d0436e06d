#!/bin/sh
# backup CONFIG FOLDER: backs up the store of a server's configuration into a dated file, and keeps
# the newest $SKEIN_BACKUPS of them. A backup that fails removes nothing.
set -eu

config=$1
folder=$2
kept=${SKEIN_BACKUPS:-14}

case $kept in
  *[!0-9]* | 0*)
    echo "SKEIN_BACKUPS = \"$kept\", want a whole number from 1" >&2
    exit 2
    ;;
esac

skein store backup --config "$config" --file "$folder/$(date -u +%Y%m%dT%H%M%SZ).skein"

find "$folder" -maxdepth 1 -type f -name '????????T??????Z.skein' | sort -r |
  tail -n "+$((kept + 1))" | xargs -r rm --
