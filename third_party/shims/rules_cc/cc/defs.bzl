"""The part of rules_cc that Bazel 4.2.3's own tools load: native rules, renamed."""

cc_library = native.cc_library
cc_binary = native.cc_binary
cc_test = native.cc_test
cc_import = native.cc_import
cc_proto_library = native.cc_proto_library
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
cc_libc_top_alias = native.cc_libc_top_alias
fdo_profile = native.fdo_profile
fdo_prefetch_hints = native.fdo_prefetch_hints
objc_library = native.objc_library
objc_import = native.objc_import

def cc_flags_supplier(name, **_kwargs):
    native.filegroup(name = name)

def compiler_flag(name, **_kwargs):
    native.filegroup(name = name)
