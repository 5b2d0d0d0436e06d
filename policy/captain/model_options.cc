#include "policy/captain/model_options.h"

#include "sim/domain/fault_list.h"

namespace skein::policy::captain {

std::vector<Fault> Validate(const CaptainOptions& options) {
  FaultList faults;
  const auto range = [&faults](const char* field, int value, int low, int high) {
    faults.Range({"model", FieldPath::kNone, field}, value, low, high);
  };
  range("width", options.width, 8, 512);
  range("capsules", options.capsules, 1, 4);
  range("hops", options.hops, 0, 4);
  range("layers", options.layers, 1, 8);
  range("heads", options.heads, 1, 16);
  range("seriesWidth", options.series_width, 4, 256);
  range("seriesHeads", options.series_heads, 1, 16);
  range("seriesLayers", options.series_layers, 1, 8);
  faults.Range({"model", FieldPath::kNone, "logitClip"}, static_cast<double>(options.logit_clip), 1,
               100);
  const auto multiple = [&faults](const char* field, int value, int of, const char* what) {
    if (of > 0 && value % of != 0)
      faults.Add({"model", FieldPath::kNone, field}, "= " + std::to_string(value) +
                                                         ", want a multiple of " + what + " = " +
                                                         std::to_string(of));
  };
  multiple("width", options.width, options.capsules, "capsules");
  multiple("width", options.width, options.heads, "heads");
  multiple("seriesWidth", options.series_width, options.series_heads, "seriesHeads");
  return faults.Take();
}

}  // namespace skein::policy::captain
