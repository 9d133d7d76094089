#!/usr/bin/env bash
# A few kills; the last line has to say that nothing was lost or repeated.
set -uo pipefail
output=$("$1" 10)
echo "$output"
[ "${output##*$'\n'}" = "kills: 10, lost: 0, repeated: 0" ]
