"""The project's own targets: strict warnings, headers under cohort/.

Third-party headers are system headers (/usr/include), so that the warnings
apply to the project's own code only.
"""

COPTS = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror"]

def cohort_library(
        name,
        copts = [],
        visibility = ["//visibility:public"],
        **kwargs):
    """A library whose headers are included as "cohort/<package>/<file>.h"."""
    native.cc_library(
        name = name,
        copts = COPTS + copts,
        # Relative to the package in this Bazel, not to the workspace.
        include_prefix = ("cohort/" + native.package_name()).rstrip("/"),
        visibility = visibility,
        **kwargs
    )

def cohort_binary(name, copts = [], **kwargs):
    native.cc_binary(name = name, copts = COPTS + copts, **kwargs)

def cohort_test(
        name,
        copts = [],
        deps = [],
        size = "small",
        main = True,
        **kwargs):
    """A GoogleTest; with its own main() if `main` is False."""
    gtest = "gtest_main" if main else "gtest"
    native.cc_test(
        name = name,
        size = size,
        copts = COPTS + copts,
        deps = deps + ["//third_party:" + gtest],
        **kwargs
    )

def cohort_fuzz(name, srcs, corpus, copts = [], deps = [], **kwargs):
    """One fuzz entry, two targets.

    `name` is a libFuzzer binary: `make fuzz`, or
    `bazel run --config=fuzz //pkg:name`. `name`_test is a plain test that feeds
    the corpus to the same entry, one case for each file.

    Args:
      name: target name, by custom x_fuzz.
      srcs: the file that defines LLVMFuzzerTestOneInput.
      corpus: labels of files or filegroups; at least one file.
      copts: as usual.
      deps: as usual.
      **kwargs: passed to the libFuzzer binary.
    """
    if not corpus:
        fail("cohort_fuzz %s: the corpus is empty" % name)
    native.cc_binary(
        name = name,
        srcs = srcs,
        copts = COPTS + copts + ["-fsanitize=fuzzer"],
        linkopts = ["-fsanitize=fuzzer"],
        # manual: g++ has no libFuzzer; fuzz: build/fuzz finds it by this.
        tags = ["fuzz", "manual"],
        testonly = True,
        deps = deps,
        **kwargs
    )
    native.cc_test(
        name = name + "_test",
        size = "small",
        srcs = srcs + ["//testing:fuzz_corpus_main.cc"],
        copts = COPTS + copts,
        args = ["$(rootpaths %s)" % label for label in corpus],
        data = corpus,
        deps = deps + ["//third_party:gtest"],
    )
