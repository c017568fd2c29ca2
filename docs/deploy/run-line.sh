#!/usr/bin/env bash
# Trains the run of one line of a file of options: run-line.sh CONFIG FILE INDEX DIR
# Line INDEX of FILE, the first being 0, holds options of ./logitflow train, separated by spaces; the run goes to
# DIR/INDEX. A run that was cut short goes on from its newest checkpoint, a finished one is left as it is.
set -euo pipefail
launcher=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/logitflow
if [[ $# -ne 4 || ! -r ${2:-} ]]; then
  echo "run-line.sh: expected CONFIG, a readable FILE of options, INDEX and DIR" >&2
  exit 2
fi
config=$1 file=$2 index=$3 directory=$4
mapfile -t lines <"$file"
if [[ ! $index =~ ^(0|[1-9][0-9]*)$ || $index -ge ${#lines[@]} ]]; then
  echo "$file: found no line $index, expected one of 0 to $((${#lines[@]} - 1))" >&2
  exit 2
fi
if [[ -f $directory/$index/evaluation.json ]]; then
  exit 0
fi
read -ra options <<<"${lines[index]}"
exec "$launcher" train --config "$config" --out "$directory/$index" --resume "${options[@]}"
