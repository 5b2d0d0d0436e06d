#include "server/metrics/prometheus_family.h"

#include "sim/domain/check.h"

namespace skein::server {
namespace {

template <class Builder>
auto* Make(Builder builder, MetricType type, prometheus::Registry& registry, const char* name) {
  const MetricInfo& info = MetricNamed(name);
  SKEIN_CHECK(info.type == type, "the catalogue says another type");
  return &builder.Name(info.name).Help(info.help).Register(registry);
}

}  // namespace

prometheus::Family<prometheus::Counter>* Counters(prometheus::Registry& registry,
                                                  const char* name) {
  return Make(prometheus::BuildCounter(), MetricType::kCounter, registry, name);
}

prometheus::Family<prometheus::Gauge>* Gauges(prometheus::Registry& registry, const char* name) {
  return Make(prometheus::BuildGauge(), MetricType::kGauge, registry, name);
}

prometheus::Family<prometheus::Histogram>* Histograms(prometheus::Registry& registry,
                                                      const char* name) {
  return Make(prometheus::BuildHistogram(), MetricType::kHistogram, registry, name);
}

}  // namespace skein::server
