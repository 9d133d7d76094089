"""The Temporal API protos as @temporal_protos, and their C++."""

_BUILD = """
package(default_visibility = ["//visibility:public"])
exports_files(["LICENSE"])
filegroup(name = "protos", srcs = glob(["**/*.proto"]))
"""

def _temporal_protos_impl(ctx):
    python = ctx.which("python3")
    if not python:
        fail("python3 is needed to unpack the Temporal API protos")
    script = ctx.path(Label("//build:fetch_temporal_protos.py"))
    wheels = str(script.dirname.dirname) + "/third_party/wheels"
    result = ctx.execute(
        [python, script, "--out", ".", "--wheel-dir", wheels],
        timeout = 600,
    )
    if result.return_code != 0:
        fail("Temporal API protos: " + result.stdout + result.stderr +
             "\nWithout network: set COHORT_TEMPORAL_WHEEL to the wheel, or put " +
             "it in third_party/wheels/.")
    ctx.file("BUILD.bazel", _BUILD)

temporal_protos = repository_rule(
    implementation = _temporal_protos_impl,
    environ = ["COHORT_TEMPORAL_WHEEL"],
)

def temporal_cc_proto(name, protos, copts = [], deps = [], visibility = None):
    """One cc_library of generated C++ for the named protos.

    Args:
      name: target name.
      protos: paths such as temporal/api/history/v1/message.proto; their imports
        must be in `protos` or in `deps`.
      copts: as usual.
      deps: further temporal_cc_proto targets.
      visibility: as usual.
    """
    srcs = [p[:-len(".proto")] + ".pb.cc" for p in protos]
    hdrs = [p[:-len(".proto")] + ".pb.h" for p in protos]
    root = "$$(dirname $(location @temporal_protos//:LICENSE))"
    cmd = ("/usr/bin/protoc -I" + root + " -I/usr/include --cpp_out=$(RULEDIR) " +
           " ".join(protos))

    # protoc 3.21 writes `namespace namespace {` for temporal.api.namespace.v1.
    # Newer ones write `namespace_`; so do we. Descriptors spell packages with
    # dots, and are not touched.
    cmd += (" && sed -i -E -e 's/^namespace namespace \\{$$/namespace namespace_ {/'" +
            " -e 's/api::namespace::/api::namespace_::/g' $(OUTS)")
    native.genrule(
        name = name + "_gen",
        srcs = [
            "@temporal_protos//:LICENSE",
            "@temporal_protos//:protos",
        ],
        outs = srcs + hdrs,
        cmd = cmd,
        message = "Generating C++ for " + name,
    )
    native.cc_library(
        name = name,
        srcs = srcs,
        hdrs = hdrs,
        copts = ["-w", "-g0"] + copts,
        includes = ["."],  # -isystem: no warnings from generated headers
        linkstatic = True,
        visibility = visibility,
        deps = deps + ["//third_party:protobuf"],
    )
