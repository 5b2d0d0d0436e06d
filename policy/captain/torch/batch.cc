#include "policy/captain/torch/batch.h"

#include <torch/torch.h>

#include <algorithm>
#include <cstring>

#include "sim/domain/check.h"

namespace skein::policy::captain {
namespace {

// Copies rows of floats to element b of a tensor [B, N, …]; the rest of the element stays zero.
template <class Row>
void CopyRows(const std::vector<Row>& rows, std::size_t b, const torch::Tensor& to) {
  auto* const element = to.data_ptr<float>() + b * static_cast<std::size_t>(to.stride(0));
  std::memcpy(element, rows.data(), rows.size() * sizeof(Row));
}

void CopyElement(const Features& from, std::size_t b, const Batch& to) {
  CopyRows(from.vertiports, b, to.vertiports);
  CopyRows(from.aircraft, b, to.aircraft);
  CopyRows(from.edges, b, to.edges);
  CopyRows(from.series, b, to.series);
  std::memcpy(to.context.data_ptr<float>() + b * kFeatureCount<ContextRow>, &from.context,
              sizeof(ContextRow));
  const std::size_t count = from.vertiports.size();
  const auto width = static_cast<std::size_t>(to.proximity.size(2));
  float* const proximity = to.proximity.data_ptr<float>() + b * width * width;
  for (std::size_t i = 0; i < count; ++i)
    std::copy_n(&from.proximity[i * count], count, proximity + i * width);
  const auto aircraft_rows = static_cast<std::size_t>(to.membership.size(1));
  float* const membership = to.membership.data_ptr<float>() + b * aircraft_rows * width;
  for (std::size_t k = 0; k < from.aircraft_at.size(); ++k)
    membership[k * width + static_cast<std::size_t>(from.aircraft_at[k])] = 1;
  std::fill_n(to.vertiport_present.data_ptr<float>() + b * width, count, 1.0F);
  std::fill_n(to.aircraft_present.data_ptr<float>() + b * aircraft_rows, from.aircraft.size(),
              1.0F);
  to.here.data_ptr<std::int64_t>()[b] = from.here;
  to.self.data_ptr<std::int64_t>()[b] = from.self;
  bool* const legal = to.action_mask.data_ptr<bool>() + b * width;
  for (std::size_t j = 0; j < count; ++j) legal[j] = from.action_mask[j] != 0;
}

}  // namespace

Batch MakeBatch(std::span<const Features* const> features) {
  SKEIN_CHECK(!features.empty(), "a batch has elements");
  const auto batch = static_cast<std::int64_t>(features.size());
  std::int64_t vertiports = 0;
  std::int64_t aircraft = 0;
  for (const Features* element : features) {
    vertiports = std::max<std::int64_t>(vertiports, element->vertiport_count());
    aircraft = std::max<std::int64_t>(aircraft, element->aircraft_count());
  }
  Batch out;
  out.vertiports = torch::zeros({batch, vertiports, kFeatureCount<VertiportRow>});
  out.aircraft = torch::zeros({batch, aircraft, kFeatureCount<AircraftRow>});
  out.edges = torch::zeros({batch, vertiports, kFeatureCount<EdgeRow>});
  out.series = torch::zeros({batch, vertiports, kSeriesSteps, kFeatureCount<SeriesRow>});
  out.context = torch::zeros({batch, kFeatureCount<ContextRow>});
  out.proximity = torch::zeros({batch, vertiports, vertiports});
  out.membership = torch::zeros({batch, aircraft, vertiports});
  out.vertiport_present = torch::zeros({batch, vertiports});
  out.aircraft_present = torch::zeros({batch, aircraft});
  out.here = torch::zeros({batch}, torch::kInt64);
  out.self = torch::zeros({batch}, torch::kInt64);
  out.action_mask = torch::zeros({batch, vertiports}, torch::kBool);
  for (std::size_t b = 0; b < features.size(); ++b) CopyElement(*features[b], b, out);
  return out;
}

}  // namespace skein::policy::captain
