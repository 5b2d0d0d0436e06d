# shellcheck shell=bash
# The Debian 12 packages that Skein needs, and how to install those that are missing.
# Sourced by deploy/demo.sh and tests/run.sh; nothing else lists packages.
#
# shellcheck disable=SC2034  # the lists are used by the scripts that source this file

# To build and run skein.
BUILD_PACKAGES=(
  cmake ninja-build g++ ccache lld pkg-config git
  libboost-dev libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc libabsl-dev
  prometheus-cpp-dev libsqlite3-dev libpqxx-dev libpq-dev libspdlog-dev libcli11-dev nlohmann-json3-dev libssl-dev
  coinor-libclp-dev libcpp-httplib-dev libxxhash-dev tzdata
)

# npm bundles the page of --html; any Node.js from 18 on will do, Debian's or another.
command -v npm >/dev/null || BUILD_PACKAGES+=(nodejs npm)

# To build and run its tests, Python clients among them.
TEST_PACKAGES=(
  libgtest-dev libgmock-dev libbenchmark-dev
  python3 python3-grpcio python3-protobuf grpc-proto
  chromium chromium-driver
  postgresql
  prometheus faketime  # tests run a Prometheus of their own, on a free port
)

# To run tests/run.sh --full.
FULL_PACKAGES=(clang libclang-rt-14-dev)

# To build skein-torch, which trains the policy captain (-DSKEIN_WITH_TORCH=ON); tests/run.sh does,
# the demo does not. LibTorch needs an OpenBLAS to be fast, and threads of its own kind, OpenMP's, in it.
TORCH_PACKAGES=(libtorch-dev libgloo-dev libopenblas0-openmp)

# A Python client of the service: what deploy/examples needs.
CLIENT_PACKAGES=(python3 python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc)

# Installs those of the named packages that are missing; says which.
install_missing() {
  local package missing=()
  for package in "$@"; do
    if [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) != ii* ]]; then
      missing+=("$package")
    fi
  done
  if ((${#missing[@]} == 0)); then
    echo "All $# packages are installed."
    return
  fi
  echo "Installing ${missing[*]}"
  local as_root=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "Please install these packages as root: apt-get install ${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# How many compilers run at once: one per core, and at least 1 GB of memory for each.
build_jobs() {
  local cores memory_gb
  cores=$(nproc)
  memory_gb=$(awk '/^MemTotal/ {print int($2 / 1048576)}' /proc/meminfo)
  echo $((memory_gb < 1 ? 1 : cores < memory_gb ? cores : memory_gb))
}
