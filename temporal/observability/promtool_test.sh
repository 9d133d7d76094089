#!/usr/bin/env bash
# The alert rules, by Prometheus' own tool: promtool_test.sh RULES TESTS.
set -euo pipefail
if ! command -v promtool >/dev/null; then
  echo "skipped: promtool is not there (Debian: prometheus; build/setup alerts)"
  exit 0
fi
promtool check rules "$1"
promtool test rules "$2"
# Every metric that a rule or a panel names is in the table of metrics.
status=0
for name in $(grep -ohE '(temporal|cohort)_[a-z_]+[a-z]' "$1" "$3" |
  sed -E 's/_(bucket|count|sum)$//' | sort -u); do
  if ! grep -q "\`$name\`" "$4"; then
    echo "$name: not in docs/metrics.md" >&2
    status=1
  fi
done
exit $status
