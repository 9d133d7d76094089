#!/bin/bash
# compile_fail_test.sh SOURCE MACRO=MESSAGE...: the source builds as it is, and
# with -DMACRO it does not, for the reason MESSAGE.
set -u
source=$1
shift
include=$(mktemp -d)
trap 'rm -rf "$include"' EXIT
ln -s "$PWD" "$include/cohort"
includes=("-I$include")
for folder in */_virtual_includes/*/; do # where Bazel puts cohort/<room>/x.h
  [[ -d $folder ]] && includes+=("-I$folder")
done
compiler=${COHORT_CLANG:-clang++-16}
compile() {
  "$compiler" -std=c++20 -Werror=unused-result -fsyntax-only "${includes[@]}" "$@" "$source" 2>&1
}
if ! compile; then
  echo "FAIL: $source does not build even without a bad line"
  exit 1
fi
failed=0
for row in "$@"; do
  macro=${row%%=*}
  message=${row#*=}
  if output=$(compile "-D$macro"); then
    echo "FAIL: $source builds with -D$macro"
    failed=1
  elif ! grep -qF -- "$message" <<<"$output"; then
    printf 'FAIL: -D%s does not say "%s" but:\n%s\n' "$macro" "$message" "$output"
    failed=1
  fi
done
exit $failed
