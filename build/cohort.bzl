"""The project's own targets: strict warnings, headers under cohort/."""

COPTS = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror"]

def _prefix():
    return ("cohort/" + native.package_name()).rstrip("/")

def cohort_library(name, copts = [], visibility = ["//visibility:public"], **kwargs):
    native.cc_library(
        name = name,
        copts = COPTS + copts,
        include_prefix = _prefix(),
        visibility = visibility,
        **kwargs
    )

def cohort_binary(name, copts = [], **kwargs):
    native.cc_binary(name = name, copts = COPTS + copts, **kwargs)

def cohort_test(name, copts = [], deps = [], size = "small", main = True, **kwargs):
    native.cc_test(
        name = name,
        size = size,
        copts = COPTS + copts,
        deps = deps + ["//third_party:gtest_main" if main else "//third_party:gtest"],
        **kwargs
    )

def cohort_fuzz(name, srcs, copts = [], deps = [], corpus = [], **kwargs):
    """One fuzz entry, twice: `name` under libFuzzer (--config=fuzz), `name`_test over the corpus.

    Args:
      name: target name, by custom x_fuzz.
      srcs: the file that defines LLVMFuzzerTestOneInput.
      copts: as usual.
      deps: as usual.
      corpus: files that the plain test feeds to the same entry.
      **kwargs: passed to the libFuzzer binary.
    """
    native.cc_binary(
        name = name,
        srcs = srcs,
        copts = COPTS + copts + ["-fsanitize=fuzzer"],
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        testonly = True,
        deps = deps,
        **kwargs
    )
    native.cc_test(
        name = name + "_test",
        size = "small",
        srcs = srcs + ["//testing:fuzz_corpus_main.cc"],
        copts = COPTS + copts,
        args = ["$(rootpaths %s)" % c for c in corpus],
        data = corpus,
        deps = deps + ["//third_party:gtest"],
    )
