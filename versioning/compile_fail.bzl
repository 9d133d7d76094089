"""Tests that code does not build, and says why."""

def _headers_impl(ctx):
    headers = [dep[CcInfo].compilation_context.headers for dep in ctx.attr.deps]
    files = depset(transitive = headers)
    return [DefaultInfo(files = files, runfiles = ctx.runfiles(transitive_files = files))]

# All headers that the libraries need, as files.
_headers = rule(
    implementation = _headers_impl,
    attrs = {"deps": attr.label_list(providers = [CcInfo])},
)

def compile_fail_test(name, src, bad, deps, **kwargs):
    """Builds `src` as it is, and once with each macro of `bad`.

    Args:
      name: target name.
      src: the source; a line under #ifdef MACRO must not build.
      bad: macro to the words that the compiler's message must hold.
      deps: the libraries whose headers src includes.
      **kwargs: passed to the test.
    """
    _headers(name = name + "_headers", deps = deps)
    native.sh_test(
        name = name,
        size = "medium",  # a compiler run for each macro
        srcs = ["//versioning:compile_fail_test.sh"],
        args = ["$(rootpath %s)" % src] + ["'%s=%s'" % row for row in bad.items()],
        data = [src, name + "_headers"],
        **kwargs
    )
