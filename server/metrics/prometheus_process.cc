#include "server/metrics/prometheus_process.h"

#include <prometheus/metric_family.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "server/metrics/metric_catalogue.h"

namespace skein::server {
namespace {

using prometheus::MetricFamily;

double UnixSeconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

MetricFamily Single(const char* name, double value) {
  const MetricInfo& info = MetricNamed(name);
  MetricFamily family;
  family.name = info.name;
  family.help = info.help;
  prometheus::ClientMetric metric;
  if (info.type == MetricType::kCounter) {
    family.type = prometheus::MetricType::Counter;
    metric.counter.value = value;
  } else {
    family.type = prometheus::MetricType::Gauge;
    metric.gauge.value = value;
  }
  family.metric.push_back(std::move(metric));
  return family;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  double all_pages = 0;
  double resident_pages = 0;
  file >> all_pages >> resident_pages;
  return resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double MaxFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

double OpenFiles() {
  std::error_code failed;
  const std::filesystem::directory_iterator open("/proc/self/fd", failed);
  // It takes a descriptor to count them; if none is left, all are open.
  return failed ? MaxFiles() : static_cast<double>(std::distance(begin(open), end(open)));
}

class ProcessMetrics : public prometheus::Collectable {
 public:
  explicit ProcessMetrics(std::string store_folder) : store_folder_(std::move(store_folder)) {}

  std::vector<MetricFamily> Collect() const override {
    std::vector<MetricFamily> families{
        Single("skein_clock_seconds", UnixSeconds()),
        Single("process_start_time_seconds", start_unix_s_),
        Single("process_cpu_seconds_total", CpuSeconds()),
        Single("process_resident_memory_bytes", ResidentBytes()),
        Single("process_open_fds", OpenFiles()),
        Single("process_max_fds", MaxFiles()),
    };
    struct statvfs disk {};
    if (store_folder_.empty() || statvfs(store_folder_.c_str(), &disk) != 0) return families;
    const auto block = static_cast<double>(disk.f_frsize);
    families.push_back(
        Single("skein_store_disk_free_bytes", block * static_cast<double>(disk.f_bavail)));
    families.push_back(
        Single("skein_store_disk_size_bytes", block * static_cast<double>(disk.f_blocks)));
    return families;
  }

 private:
  const std::string store_folder_;
  const double start_unix_s_ = UnixSeconds();
};

}  // namespace

std::shared_ptr<prometheus::Collectable> MakeProcessMetrics(const std::string& store_folder) {
  return std::make_shared<ProcessMetrics>(store_folder);
}

}  // namespace skein::server
