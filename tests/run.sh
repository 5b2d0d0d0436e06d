#!/usr/bin/env bash
# Installs what is missing, builds Skein and runs its tests. See --help.
#
# shellcheck disable=SC2317  # stages are functions that `stage` calls by name
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: tests/run.sh [--full]

Installs missing Debian packages, builds the preset "release" and runs the tests.
Ends with the line "N passed, N failed"; exit 0 if nothing failed.

  --full   adds the long tests, the sanitizers, the comparison of compilers and the benchmarks
  --help   prints this text

Works from any folder. 2 cores need up to 25 minutes from scratch, with --full up to 75.
USAGE
}

full=false
for argument in "$@"; do
  case $argument in
    --full) full=true ;;
    --help | -h) usage && exit 0 ;;
    *) echo "tests/run.sh: unknown option $argument" >&2 && usage >&2 && exit 2 ;;
  esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=deploy/packages.sh
source deploy/packages.sh
jobs=$(build_jobs)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
: >"$results/counts"  # one line "PASSED FAILED" per test run

# Runs a function as a named stage, prints its seconds and sets stage_status. A stage that fails
# without having counted a failed test counts as one. Not to be used in a condition: bash would
# ignore errors inside it.
stage() {
  local name=$1 begin=$SECONDS failed_before verdict=""
  shift
  echo
  echo "== $name"
  failed_before=$(failed)
  set +e
  (
    set -e
    "$@"
  )
  stage_status=$?
  set -e
  if ((stage_status != 0)); then
    verdict=", FAILED"
    (($(failed) > failed_before)) || echo "0 1" >>"$results/counts"
  fi
  echo "== $name: $((SECONDS - begin)) s$verdict"
}

passed() { awk '{n += $1} END {print n + 0}' "$results/counts"; }
failed() { awk '{n += $2} END {print n + 0}' "$results/counts"; }

finish() {
  echo
  echo "total: $SECONDS s"
  echo "$(passed) passed, $(failed) failed"
  if (($(failed) == 0 && $(passed) > 0)); then exit 0; else exit 1; fi
}

# One figure of a JUnit report that ctest wrote.
junit_figure() { grep -o "$2=\"[0-9]*\"" "$1" | head -n 1 | tr -dc 0-9; }

# Runs the tests of a build folder; further arguments go to ctest. A test that did not run failed.
run_tests() {
  local build=$1 report total failures skipped disabled status=0
  shift
  report=$(mktemp "$results/report-XXXXXX")
  ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$jobs" \
    --output-junit "$report" "$@" || status=$?
  [[ -s $report ]] || return 1
  total=$(junit_figure "$report" tests)
  failures=$(junit_figure "$report" failures)
  skipped=$(junit_figure "$report" skipped)
  disabled=$(junit_figure "$report" disabled)
  failures=$((failures + skipped + disabled))
  echo "$((total - failures)) $failures" >>"$results/counts"
  return $((status != 0 || failures != 0))
}

install_packages() {
  local packages=("${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}" "${TORCH_PACKAGES[@]}")
  if $full; then packages+=("${FULL_PACKAGES[@]}"); fi
  install_missing "${packages[@]}"
}

# Configures a preset and builds targets of it, everything if none is named. What needs LibTorch is
# built and tested in "release" only: LibTorch is not instrumented.
build() {
  local preset=$1 torch=OFF
  shift
  if [[ $preset == release ]]; then torch=ON; fi
  cmake --preset "$preset" -DSKEIN_TESTS=ON -DSKEIN_WITH_TORCH=$torch >"$results/configure.log" || {
    cat "$results/configure.log"
    return 1
  }
  cmake --build --preset "$preset" -j "$jobs" ${1:+--target} "$@"
}

# The thread sanitizer sees the programs with threads of ours: the tests labelled "server".
build_tsan() {
  cmake --preset tsan -DSKEIN_TESTS=ON >"$results/configure.log"
  local targets
  mapfile -t targets < <(
    comm -12 <(ctest --test-dir build/tsan -L '^server$' -N | sed -n 's/^ *Test *#[0-9]*: //p' |
      sort) \
      <(cmake --build build/tsan --target help | sed -n 's/: phony$//p' | sort))
  ((${#targets[@]} > 0))
  build tsan "${targets[@]}"
  printf '%s\n' "${targets[@]}" >"$results/tsan_targets"
}

# Programs that go through gRPC get reports about its header code; tests/tsan_reports.py says why,
# and which reports are ours.
test_tsan() {
  local options="ignore_noninstrumented_modules=1"
  TSAN_OPTIONS="$options halt_on_error=1" run_tests build/tsan \
    -R "^($(grep -v '^grpc_' "$results/tsan_targets" | paste -sd '|'))$"
  TSAN_OPTIONS="$options exitcode=0 log_path=$results/tsan-report" run_tests build/tsan \
    -R "^($(grep '^grpc_' "$results/tsan_targets" | paste -sd '|'))$"
  local reports
  mapfile -t reports < <(compgen -G "$results/tsan-report.*")  # none, if nothing was reported
  ((${#reports[@]} == 0)) || tests/tsan_reports.py "${reports[@]}"
  echo "1 0" >>"$results/counts"
}

# The same days have the same digests whatever built the program.
compare_digests() {
  local preset
  build dev digest_print
  build clang digest_print
  for preset in release dev clang; do
    "build/$preset/tests/property/digest_print" >"$results/digests-$preset"
  done
  [[ -s $results/digests-release ]]
  diff "$results/digests-release" "$results/digests-dev"
  diff "$results/digests-release" "$results/digests-clang"
  echo "$(wc -l <"$results/digests-release") lines of digests agree: gcc release, gcc debug, clang"
  echo "1 0" >>"$results/counts"
}

# Every benchmark runs and does not fail; figures of so short a run mean nothing. Whole days of large
# networks and of the genetic algorithm take minutes and are left out.
smoke_benchmarks() {
  local benchmark
  build/release/tests/bench/dispatch_load --clients 1,8 --seconds 2 --folder /tmp
  build/release/tests/bench/memory_load --decisions 10000
  build/release/tests/bench/metrics_load --pairs 6 --clients 2 --seconds 1
  echo "3 0" >>"$results/counts"
  while read -r benchmark; do
    "$benchmark" --benchmark_min_time=0.01 "--benchmark_filter=-64/500|32/200|PlayDays"
    echo "1 0" >>"$results/counts"
  done < <(find build/release/tests/bench -maxdepth 1 -type f -name '*_bench' | sort)
}

stage "install packages" install_packages
((stage_status == 0)) || finish
stage "build release" build release
((stage_status == 0)) || finish
if ! $full; then
  stage "test release" run_tests build/release
else
  # Long tests are those of the configuration Full.
  stage "test release, long tests too" run_tests build/release -C Full
  stage "compare compilers" compare_digests
  stage "smoke benchmarks" smoke_benchmarks
  stage "build with address sanitizer" build asan
  if ((stage_status == 0)); then
    # What takes too long there, or waits for a browser, runs in the release build only.
    export LSAN_OPTIONS="suppressions=$root/tests/lsan.supp:print_suppressions=0"
    stage "test with address sanitizer" run_tests build/asan -LE "^(monitoring|deployment)$" \
      -E "^(parity|parity_telemetry|parity_postgresql|failover|evaluate|report|console|determinism)_test$|^(audit_property_days|world_control_g[1-9])$"
  fi
  stage "build with thread sanitizer" build_tsan
  if ((stage_status == 0)); then
    stage "test with thread sanitizer" test_tsan
  fi
fi
finish
