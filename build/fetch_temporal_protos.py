#!/usr/bin/env python3
"""Lay out the Temporal API .proto files (MIT) from the PyPI wheel `temporalio`.

The wheel is only a carrier: nothing of it is installed or run. Looked for, in
this order: $COHORT_TEMPORAL_WHEEL, --wheel-dir, then `pip download`.
Needs Python >= 3.8 and, for the last, pip (Debian: python3-pip).
"""
import argparse, glob, hashlib, os, shutil, subprocess, sys, tempfile, zipfile

VERSION = "1.35.0"
SHA256 = "45b5438f41ab154eda4eea40069df2fa8779cb8f5c27f266b917a700bfba8bb8"
TOP = "temporalio/bridge/sdk-core/crates/protos/protos/"


def download(into):
    cmd = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
           "--no-cache-dir", "--disable-pip-version-check", "--retries", "1",
           "--only-binary", ":all:", "--platform", "manylinux2014_x86_64",
           "--python-version", "3.11", "--implementation", "cp", "--abi", "abi3",
           "--dest", into, "temporalio==" + VERSION]
    subprocess.run(cmd, check=True)
    return glob.glob(os.path.join(into, "temporalio-*.whl"))[0]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    ap.add_argument("--wheel-dir", default="")
    a = ap.parse_args()
    tmp = tempfile.mkdtemp()
    try:
        wheel = os.environ.get("COHORT_TEMPORAL_WHEEL", "")
        if not wheel and a.wheel_dir:
            name = "temporalio-%s-*.whl" % VERSION
            wheel = (glob.glob(os.path.join(a.wheel_dir, name)) or [""])[0]
        if not wheel:
            wheel = download(tmp)
        with open(wheel, "rb") as f:
            got = hashlib.sha256(f.read()).hexdigest()
        if got != SHA256:
            sys.exit("%s: sha256 is %s, expected %s" % (wheel, got, SHA256))
        n = 0
        with zipfile.ZipFile(wheel) as z:
            for i in z.infolist():
                if not i.filename.startswith(TOP):
                    continue
                rel = i.filename[len(TOP):]
                if rel == "api_upstream/LICENSE":
                    dst = "LICENSE"
                elif rel.endswith(".proto") and rel.startswith(
                        ("api_upstream/", "testsrv_upstream/")):
                    dst = rel.split("/", 1)[1]
                elif rel.endswith(".proto") and rel.startswith(
                        ("google/rpc/", "protoc-gen-openapiv2/")):
                    dst = rel
                else:
                    continue
                if dst.startswith("google/protobuf/"):
                    continue
                dst = os.path.join(a.out, dst)
                os.makedirs(os.path.dirname(dst), exist_ok=True)
                with z.open(i) as src, open(dst, "wb") as out:
                    shutil.copyfileobj(src, out)
                n += 1
        if n < 60:
            sys.exit("only %d files found in %s: the wheel's layout has changed" % (n, wheel))
        print("%d files" % n)
    finally:
        shutil.rmtree(tmp, ignore_errors=True)


main()
