# Sourced by the scripts beside it: the project's root, and Bazel's manners.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Bazel asks for a home folder only to place its output; without HOME it takes
# the one of the password database. Where there is none either, it gets one.
bazel_startup=()
if [ -z "${HOME:-}" ] && ! getent passwd "$(id -u)" >/dev/null; then
  bazel_startup+=("--output_user_root=${TMPDIR:-/var/tmp}/bazel-$(id -u)")
fi

# On a terminal Bazel draws progress; in a log it would be noise.
bazel_flags=()
if [ ! -t 2 ]; then
  bazel_flags+=(--color=no --curses=no --noshow_progress)
fi

# bazel_do VERB ARGS...
bazel_do() {
  local verb=$1
  shift
  bazel "${bazel_startup[@]}" "$verb" "${bazel_flags[@]}" "$@" </dev/null
}

# Official histories may stand beside the checkout; tests that read them say
# so and pass on where there are none.
shared_flags=()
if [ -d "$root/../shared" ]; then
  COHORT_SHARED=$(cd "$root/../shared" && pwd)
  export COHORT_SHARED
  shared_flags+=("--test_env=COHORT_SHARED=$COHORT_SHARED")
fi
