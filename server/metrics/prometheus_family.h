#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "server/metrics/metric_catalogue.h"

namespace skein::server {

// Families of metrics by their names in the catalogue. The registry owns them.
// Requires: the name is in the catalogue, as a metric of this type.
prometheus::Family<prometheus::Counter>* Counters(prometheus::Registry& registry, const char* name);
prometheus::Family<prometheus::Gauge>* Gauges(prometheus::Registry& registry, const char* name);
prometheus::Family<prometheus::Histogram>* Histograms(prometheus::Registry& registry,
                                                      const char* name);

// What has no value beyond the first so many has this label.
inline constexpr const char* kOtherLabel = "other";

}  // namespace skein::server
