"""Tests that code does not build, and says why."""

def compile_fail_test(name, src, bad, deps, **kwargs):
    """Builds `src` as it is, and once with each macro of `bad`.

    Args:
      name: target name.
      src: the source; a line under #ifdef MACRO must not build.
      bad: macro to the words that the compiler's message must hold.
      deps: the libraries whose headers src includes.
      **kwargs: passed to the test.
    """
    headers = []
    for i, dep in enumerate(deps):
        headers.append("%s_headers%d" % (name, i))
        native.filegroup(
            name = headers[-1],
            srcs = [dep],
            output_group = "compilation_prerequisites_INTERNAL_",
            testonly = True,
        )
    native.sh_test(
        name = name,
        srcs = ["//build:compile_fail_test.sh"],
        args = ["$(rootpath %s)" % src] + ["'%s=%s'" % row for row in bad.items()],
        data = [src] + headers,
        **kwargs
    )
