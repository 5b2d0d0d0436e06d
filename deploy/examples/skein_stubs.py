"""Python modules of Skein's protos, made with Debian's protoc when this module is imported.

    from skein_stubs import v1     # v1.NetworkServiceStub, v1.CreateNetworkRequest, ...

Packages: python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc.
"""

import atexit
import importlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import types

PROTOS = pathlib.Path(__file__).resolve().parents[2] / "proto"


def generate(root, protos, out):
    """Makes `out`/*_pb2.py and *_pb2_grpc.py from the named protos below `root`."""
    subprocess.run(
        ["protoc", f"--proto_path={root}", f"--python_out={out}", f"--grpc_python_out={out}",
         f"--plugin=protoc-gen-grpc_python={shutil.which('grpc_python_plugin')}", *protos],
        check=True)


def load_v1():
    """All names of the proto package skein.v1 in one namespace."""
    out = tempfile.mkdtemp(prefix="skein-stubs-")
    atexit.register(shutil.rmtree, out, ignore_errors=True)
    protos = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.glob("skein/v1/*.proto"))
    generate(PROTOS, protos, out)
    sys.path.insert(0, out)
    names = {}
    for proto in protos:
        for suffix in ("_pb2", "_pb2_grpc"):
            module = importlib.import_module(proto[:-len(".proto")].replace("/", ".") + suffix)
            names.update((k, v) for k, v in vars(module).items() if not k.startswith("_"))
    return types.SimpleNamespace(**names)


v1 = load_v1()
