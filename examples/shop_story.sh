#!/usr/bin/env bash
# shop_story.sh SHOP COHORT: the life of an order service, from its first release
# to its fourth, with two crashes and a bad deployment in between. Ends at the
# first step that goes another way.
set -euo pipefail
shop=$(realpath "$1")
cohort=$(realpath "$2")
cd "$(mktemp -d)"
trap 'kill -9 "$pid" 2>/dev/null || true' EXIT
pid=

# --- how the service is started, asked and stopped --------------------------

# start RELEASE [QUEUE ...]: the service, in the background; asked through fd 3.
start() {
  rm -f asked; mkfifo asked
  : > said
  echo "== shop $1 serves shop.db ${*:2}"
  "$shop" "$1" serve shop.db "${@:2}" < asked > said 2>&1 &
  pid=$!
  exec 3> asked
}

# says LINE: waits until the service has said it.
says() {
  for _ in $(seq 1200); do
    if grep -qxF -- "$1" said; then echo "   $1"; return; fi
    sleep 0.05
  done
  echo "FAIL: the service did not say \"$1\" but:"; cat said
  exit 1
}

# ask LINE ANSWER: one request, acknowledged.
ask() { echo "$1" >&3; says "$2"; }

# never LINE: the service has not said it.
never() {
  if grep -qxF -- "$1" said; then echo "FAIL: it said \"$1\""; exit 1; fi
}

crash() {
  echo "== kill -9"
  kill -9 "$pid"; wait "$pid" 2>/dev/null || true
  exec 3>&-
}

stop() { exec 3>&-; wait "$pid"; }

# run CODE PATTERN COMMAND...: ends with that code, and shows the pattern.
run() {
  local code=0 output
  output=$("${@:3}" 2>&1) || code=$?
  echo "\$ ${*:3}" | sed "s|$shop|shop|; s|$cohort|cohort|"
  echo "$output" | head -4
  if [ "$code" != "$1" ] || ! grep -qE -- "$2" <<<"$output"; then
    echo "FAIL: exit $code, wanted $1 and \"$2\", got:"; echo "$output"
    exit 1
  fi
}

# --- v1, and two crashes ------------------------------------------------------

start v1
ask "order o-1" "o-1: accepted"
says "o-1: charge o-1, attempt 1"
ask "settle" "settled"
ask "order o-2" "o-2: accepted"
crash

# What was acknowledged is there, and what is recorded is not done again.
start v1
ask "settle" "settled"
never "o-1: charge o-1, attempt 1"
ask "pack o-2 p-2" "o-2: noted"
ask "result o-2" "o-2: p-2 is on its way"
stop

# A charge that is under way when the process dies is tried again.
SHOP_CHARGE_SECONDS=600 start v1
ask "order o-3" "o-3: accepted"
says "o-3: charge o-3, attempt 1"
crash
start v1
says "o-3: charge o-3, attempt 2"
ask "settle" "settled"
stop
run 0 "3 runs \(2 open\).* 0 problems" "$cohort" engine check shop.db

# --- v2: a step more, for new orders ------------------------------------------

# Without a guard: histories say so before it ships.
run 1 "differs: activity_type" "$shop" careless replay embedded:shop.db
run 0 "3 clean" "$shop" v2 replay embedded:shop.db

# Somebody ships it all the same. The old orders wait; nothing is lost.
start careless
ask "pack o-1 p-1" "o-1: noted"
ask "settle" "settled"
never "o-1: ship p-1, attempt 1"
crash
run 0 "o-1 \(attempt [0-9]+\)" "$cohort" list --store shop.db --stuck

# The right code: old orders go on by themselves, new ones are checked.
start v2
ask "result o-1" "o-1: p-1 is on its way"
never "o-1: check-fraud o-1, attempt 1"
ask "order o-4" "o-4: accepted"
says "o-4: check-fraud o-4, attempt 1"
says "o-4: charge o-4, attempt 1"
ask "settle" "settled"
stop

# --- v3: the old branch goes ----------------------------------------------------

# Not while o-3 is on it.
run 1 "default: UNSAFE" "$shop" v2 retire fraud-check embedded:shop.db \
  --branch default --retention 0s
start v2
ask "pack o-3 p-3" "o-3: noted"
ask "result o-3" "o-3: p-3 is on its way"
stop
run 0 "default: SAFE" "$shop" v2 retire fraud-check embedded:shop.db \
  --branch default --retention 0s
start v3
ask "pack o-4 p-4" "o-4: noted"
ask "result o-4" "o-4: p-4 is on its way"
ask "order o-5" "o-5: accepted"
ask "settle" "settled"
stop

# --- v4: written anew, on a task queue of its own -------------------------------

start v4 new-orders v3 orders
ask "order o-6" "o-6: accepted"
says "o-6: check-fraud o-6, attempt 1"
ask "drained orders" "orders has open orders"
ask "pack o-6 p-6" "o-6: noted"
ask "result o-6" "o-6: p-6 is on its way"
stop
run 1 "orders is not drained: 1 of 5" "$cohort" drained orders --store shop.db
start v4 new-orders v3 orders
ask "pack o-5 p-5" "o-5: noted"
ask "result o-5" "o-5: p-5 is on its way"
ask "drained orders" "orders is drained"
stop
run 0 "orders is drained" "$cohort" drained orders --store shop.db

# The old worker goes.
start v4 new-orders
ask "order o-7" "o-7: accepted"
ask "pack o-7 p-7" "o-7: noted"
ask "result o-7" "o-7: p-7 is on its way"
stop
run 0 "7 runs \(0 open\).* 0 problems" "$cohort" engine check shop.db
echo "== the story ends well"
