#include "tests/policy/captain/reference_network.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace skein::policy::captain {
namespace {

using Row = std::vector<double>;
using Table = std::vector<Row>;

template <class FeatureRow>
Table TableOf(const std::vector<FeatureRow>& rows) {
  Table table;
  for (const FeatureRow& row : rows) {
    const auto* const begin = reinterpret_cast<const float*>(&row);
    table.emplace_back(begin, begin + kFeatureCount<FeatureRow>);
  }
  return table;
}

Row Join(std::initializer_list<Row> rows) {
  Row joined;
  for (const Row& row : rows) joined.insert(joined.end(), row.begin(), row.end());
  return joined;
}

Row Sum(const Row& x, const Row& y) {
  Row sum = x;
  for (std::size_t k = 0; k < x.size(); ++k) sum[k] += y[k];
  return sum;
}

Row Scaled(const Row& x, double factor) {
  Row scaled = x;
  for (double& value : scaled) value *= factor;
  return scaled;
}

double Dot(const Row& x, const Row& y) {
  double sum = 0;
  for (std::size_t k = 0; k < x.size(); ++k) sum += x[k] * y[k];
  return sum;
}

Row Relu(Row x) {
  for (double& value : x) value = std::max(value, 0.0);
  return x;
}

Row Softmax(Row x) {
  double sum = 0;
  for (double& value : x) sum += value = std::exp(value);
  return Scaled(x, 1 / sum);
}

Row Mean(const Table& rows) {
  Row mean(rows.front().size());
  for (const Row& row : rows) mean = Sum(mean, row);
  return Scaled(mean, 1 / static_cast<double>(rows.size()));
}

Row Part(const Row& row, std::size_t part, std::size_t parts) {
  const auto size = static_cast<std::ptrdiff_t>(row.size() / parts);
  const auto begin = row.begin() + static_cast<std::ptrdiff_t>(part) * size;
  return {begin, begin + size};
}

class Reference {
 public:
  explicit Reference(const Checkpoint& checkpoint)
      : checkpoint_(checkpoint), model_(checkpoint.model) {}

  Evaluation Evaluate(const Features& features) const {
    const std::size_t count = features.vertiports.size();
    std::vector<std::int32_t> own(count);
    for (std::size_t v = 0; v < count; ++v) own[v] = static_cast<std::int32_t>(v);
    const Table vertiports =
        Encode("vertiport_encoder", TableOf(features.vertiports), features.proximity, own, count);
    const Table aircraft = Encode("aircraft_encoder", TableOf(features.aircraft),
                                  features.proximity, features.aircraft_at, count);
    const Table destinations = Destinations(features, vertiports, aircraft);
    const Row query =
        Relu(Linear("context", Join({aircraft[static_cast<std::size_t>(features.self)],
                                     vertiports[static_cast<std::size_t>(features.here)],
                                     Mean(aircraft), Mean(vertiports),
                                     TableOf(std::vector<ContextRow>{features.context}).front()})));
    const Row h = Norm("attention_norm", Sum(query, Linear("project", See(query, destinations))));
    const Row pointer = Linear("pointer", h);
    Evaluation out;
    for (std::size_t j = 0; j < count; ++j) {
      const double match = Dot(destinations[j], pointer) / std::sqrt(model_.width);
      out.logits.push_back(features.action_mask[j] != 0
                               ? static_cast<float>(model_.logit_clip * std::tanh(match))
                               : kIllegalLogit);
    }
    out.value = static_cast<float>(Linear("critic_out", Relu(Linear("critic_hidden", h))).front());
    return out;
  }

 private:
  const std::vector<float>& Values(const std::string& name) const {
    return checkpoint_.Find(name)->values;
  }

  Row Linear(const std::string& layer, const Row& x, bool bias = true) const {
    const std::vector<float>& weight = Values(layer + ".weight");
    Row y(weight.size() / x.size());
    for (std::size_t o = 0; o < y.size(); ++o) {
      for (std::size_t i = 0; i < x.size(); ++i)
        y[o] += static_cast<double>(weight[o * x.size() + i]) * x[i];
      if (bias) y[o] += static_cast<double>(Values(layer + ".bias")[o]);
    }
    return y;
  }

  Row Norm(const std::string& layer, const Row& x) const {
    const auto width = static_cast<double>(x.size());
    double mean = 0;
    for (const double value : x) mean += value / width;
    double variance = 0;
    for (const double value : x) variance += (value - mean) * (value - mean) / width;
    Row y;
    for (std::size_t k = 0; k < x.size(); ++k)
      y.push_back((x[k] - mean) / std::sqrt(variance + 1e-5) *
                      static_cast<double>(Values(layer + ".weight")[k]) +
                  static_cast<double>(Values(layer + ".bias")[k]));
    return y;
  }

  // The normalised Laplacian of the nodes, as the matrix that it is.
  static Table Laplacian(const std::vector<float>& proximity, const std::vector<std::int32_t>& at,
                         std::size_t places) {
    const auto weight = [&](std::size_t a, std::size_t b) {
      return static_cast<double>(
          proximity[static_cast<std::size_t>(at[a]) * places + static_cast<std::size_t>(at[b])]);
    };
    Row degree(at.size());
    for (std::size_t a = 0; a < at.size(); ++a)
      for (std::size_t b = 0; b < at.size(); ++b) degree[a] += weight(a, b);
    Table laplacian(at.size(), Row(at.size()));
    for (std::size_t a = 0; a < at.size(); ++a)
      for (std::size_t b = 0; b < at.size(); ++b)
        laplacian[a][b] = (a == b ? 1 : 0) - weight(a, b) / std::sqrt(degree[a] * degree[b]);
    return laplacian;
  }

  Table Convolve(const std::string& layer, const Table& x, const Table& laplacian) const {
    Table capsules(x.size());
    for (int p = 0; p < model_.capsules; ++p) {
      Table moment = x;
      for (Row& row : moment)
        for (double& value : row) value = std::pow(std::clamp(value, -2.0, 2.0), p + 1);
      Table moments = moment;
      for (int k = 0; k < model_.hops; ++k) {
        Table next(x.size(), Row(x.front().size()));
        for (std::size_t a = 0; a < x.size(); ++a)
          for (std::size_t b = 0; b < x.size(); ++b)
            next[a] = Sum(next[a], Scaled(moment[b], laplacian[a][b]));
        moment = next;
        for (std::size_t a = 0; a < x.size(); ++a) moments[a] = Join({moments[a], moment[a]});
      }
      for (std::size_t a = 0; a < x.size(); ++a)
        capsules[a] =
            Join({capsules[a], Linear(layer + ".capsules." + std::to_string(p), moments[a])});
    }
    Table out;
    for (std::size_t a = 0; a < x.size(); ++a)
      out.push_back(Norm(layer + ".norm", Sum(x[a], Relu(capsules[a]))));
    return out;
  }

  Table Encode(const std::string& name, const Table& features, const std::vector<float>& proximity,
               const std::vector<std::int32_t>& at, std::size_t places) const {
    Table x;
    for (const Row& row : features) x.push_back(Norm(name + ".norm", Linear(name + ".embed", row)));
    const Table laplacian = Laplacian(proximity, at, places);
    for (int k = 0; k < model_.layers; ++k) {
      const std::string layer = name + ".layers." + std::to_string(k);
      if (model_.no_graph)
        for (Row& row : x) row = Relu(Linear(layer, row));
      else
        x = Convolve(layer, x, laplacian);
    }
    return x;
  }

  Table Transform(const std::string& layer, const Table& x) const {
    const auto heads = static_cast<std::size_t>(model_.series_heads);
    Table parts;  // of each step: queries, keys, values, each by head
    for (const Row& row : x) parts.push_back(Linear(layer + ".query_key_value", row));
    Table out;
    for (std::size_t t = 0; t < x.size(); ++t) {
      Row attended;
      for (std::size_t head = 0; head < heads; ++head) {
        const Row query = Part(parts[t], head, 3 * heads);
        Row scores;
        for (const Row& other : parts)
          scores.push_back(Dot(query, Part(other, heads + head, 3 * heads)) /
                           std::sqrt(static_cast<double>(query.size())));
        const Row weights = Softmax(scores);
        Row seen(query.size());
        for (std::size_t k = 0; k < x.size(); ++k)
          seen = Sum(seen, Scaled(Part(parts[k], 2 * heads + head, 3 * heads), weights[k]));
        attended = Join({attended, seen});
      }
      const Row mixed =
          Norm(layer + ".attention_norm", Sum(x[t], Linear(layer + ".project", attended)));
      out.push_back(
          Norm(layer + ".perceptron_norm",
               Sum(mixed, Linear(layer + ".contract", Relu(Linear(layer + ".expand", mixed))))));
    }
    return out;
  }

  Row Series(const Features& features, std::size_t vertiport) const {
    if (model_.no_series) return Row(static_cast<std::size_t>(model_.series_width));
    const auto begin =
        features.series.begin() + static_cast<std::ptrdiff_t>(vertiport) * kSeriesSteps;
    const Table rows = TableOf(std::vector<SeriesRow>(begin, begin + kSeriesSteps));
    const std::vector<float>& position = Values("series_encoder.position");
    Table tokens;
    for (std::size_t t = 0; t < rows.size(); ++t) {
      Row token = Linear("series_encoder.embed", rows[t]);
      for (std::size_t k = 0; k < token.size(); ++k)
        token[k] += static_cast<double>(position[t * token.size() + k]);
      tokens.push_back(token);
    }
    for (int k = 0; k < model_.series_layers; ++k)
      tokens = Transform("series_encoder.layers." + std::to_string(k), tokens);
    return Mean(tokens);
  }

  Table Destinations(const Features& features, const Table& vertiports,
                     const Table& aircraft) const {
    Table edges = TableOf(features.edges);
    Table out;
    for (std::size_t j = 0; j < vertiports.size(); ++j) {
      Table here;
      for (std::size_t a = 0; a < aircraft.size(); ++a)
        if (static_cast<std::size_t>(features.aircraft_at[a]) == j) here.push_back(aircraft[a]);
      if (model_.no_edges) std::fill(edges[j].begin() + 2, edges[j].end(), 0);
      const Row known = Join({vertiports[j], here.empty() ? Row(vertiports[j].size()) : Mean(here),
                              Series(features, j), edges[j]});
      out.push_back(Norm("destination_norm",
                         Linear("destination_out", Relu(Linear("destination_hidden", known)))));
    }
    return out;
  }

  // What the query sees of the destinations, all heads.
  Row See(const Row& query, const Table& destinations) const {
    const auto heads = static_cast<std::size_t>(model_.heads);
    const Row looking = Linear("query", query);
    Row seen;
    for (std::size_t head = 0; head < heads; ++head) {
      const Row look = Part(looking, head, heads);
      Row scores;
      for (const Row& row : destinations)
        scores.push_back(Dot(look, Part(Linear("key", row, false), head, heads)) /
                         std::sqrt(static_cast<double>(look.size())));
      const Row weights = Softmax(scores);
      Row of_head(look.size());
      for (std::size_t j = 0; j < destinations.size(); ++j)
        of_head =
            Sum(of_head, Scaled(Part(Linear("value", destinations[j]), head, heads), weights[j]));
      seen = Join({seen, of_head});
    }
    return seen;
  }

  const Checkpoint& checkpoint_;
  const CaptainOptions& model_;
};

}  // namespace

Evaluation ReferenceEvaluation(const Checkpoint& checkpoint, const Features& features) {
  return Reference(checkpoint).Evaluate(features);
}

}  // namespace skein::policy::captain
