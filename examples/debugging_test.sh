#!/bin/bash
# debugging_test.sh ORDER_REPLAY: a debugger stops just before an event, inside
# of the engine with the workflow's frames at hand, and goes on to the verdict.
set -u
history=testing/testdata/recorded/go/Order/g0_plain.json
failed=0

# expect EVENT PATTERN: a batch run that stops there shows the pattern.
expect() {
  local output
  output=$(gdb -nx -batch -ex run -ex backtrace -ex continue --args \
    "$1" replay "$history" --stop-at "$2" 2>&1)
  for pattern in "SIGTRAP" "$3" "$4"; do
    if ! grep -qE -- "$pattern" <<<"$output"; then
      printf 'FAIL: --stop-at %s does not show "%s" but:\n%s\n' "$2" "$pattern" "$output"
      failed=1
    fi
  done
}

# An event that came in, and one that the code put out.
expect "$1" 7 "cohort::Run::DeliverOne" "1 clean"
expect "$1" 5 "cohort::Run::StopBeforeCode" "1 clean"

# Without the option nothing stops.
if ! "$1" replay "$history" >/dev/null; then
  echo "FAIL: the history does not replay without a debugger"
  failed=1
fi
exit $failed
