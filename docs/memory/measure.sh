#!/usr/bin/env bash
# Measures the resident memory of a training run on Linux: measure.sh DIR OPTIONS...
# DIR is the run's directory, which must not exist, OPTIONS those of ./logitflow train but for --out.
# Prints the memory at each tenth of the rounds, its growth after the first 1,000, and its peak.
set -euo pipefail
launcher=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/logitflow
if [[ $# -lt 1 || -e $1 ]]; then
  echo "measure.sh: expected a new directory and options of ./logitflow train" >&2
  exit 2
fi
out=$1
shift
log=$(mktemp)
"$launcher" train --out "$out" "$@" >"$log" 2>&1 &
process=$!
peak=0
samples=
# Both at once: of a process that has just ended there is neither.
while memory=$(awk '/^VmHWM/ { peak = $2 } /^VmRSS/ { print $2, peak }' "/proc/$process/status" 2>/dev/null) \
  && [[ -n $memory ]]; do
  resident=${memory% *} peak=${memory#* }
  round=$(tail -n 1 "$out/metrics.jsonl" 2>/dev/null | sed -n 's/^{"round":\([0-9]*\),.*/\1/p' || true)
  if [[ -n $round ]]; then
    samples+="$round $resident"$'\n'
  fi
  sleep 0.5
done
wait "$process" || { tail -n 5 "$log" >&2; exit 1; }
printf '%s' "$samples" | awk -v peak="$peak" '
  function megabytes(kibibytes) { return sprintf("%.0f MB", kibibytes * 1.024 / 1000) }
  { round[NR] = $1; resident[NR] = $2 }
  END {
    last = round[NR]
    for (i = 1; i <= NR && round[i] < last; i++) { # What comes then is the evaluation.
      if (round[i] >= shown) {
        printf "round %d: %s\n", round[i] + 1, megabytes(resident[i])
        shown = round[i] + last / 10
      }
      if (!first && round[i] >= 999) first = resident[i]
      if (first && resident[i] > most) most = resident[i]
    }
    if (first) printf "growth after the first 1,000 rounds: %.1f%%\n", (most / first - 1) * 100
    print "peak, evaluation included: " megabytes(peak)
  }'
