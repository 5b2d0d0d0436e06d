#include "policy/training/training_log.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"

#include "proto/codec/json.h"

namespace skein::policy {
namespace {

using google::protobuf::FieldDescriptor;

std::string FieldText(const v1::TrainingProgress& row, const FieldDescriptor* field) {
  const google::protobuf::Reflection& values = *row.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return absl::StrCat(values.GetInt32(row, field));
    case FieldDescriptor::CPPTYPE_INT64: return absl::StrCat(values.GetInt64(row, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrFormat("%.6g", values.GetDouble(row, field));
    case FieldDescriptor::CPPTYPE_BOOL: return values.GetBool(row, field) ? "1" : "0";
    default: return values.GetString(row, field);
  }
}

constexpr double kWidth = 720;
constexpr double kHeight = 400;
constexpr double kLeft = 70;
constexpr double kRight = 20;
constexpr double kTop = 30;
constexpr double kBottom = 50;
constexpr int kTicks = 5;

// Maps decisions and dollars to the drawing.
struct Axes {
  double decisions_max = 1;
  double usd_min = std::numeric_limits<double>::max();
  double usd_max = std::numeric_limits<double>::lowest();

  explicit Axes(const std::vector<v1::TrainingProgress>& history) {
    for (const v1::TrainingProgress& row : history) {
      decisions_max = std::max(decisions_max, static_cast<double>(row.decisions()));
      if (row.days() > 0) Take(row.mean_profit_usd());
      if (!row.measured()) continue;
      Take(row.selection_profit_usd() - row.difference_ci95_usd());
      Take(row.selection_profit_usd() + row.difference_ci95_usd());
      Take(row.baseline_profit_usd());
    }
    if (usd_min > usd_max) usd_min = 0, usd_max = 1;
    if (usd_min == usd_max) usd_max = usd_min + 1;
  }
  void Take(double usd) {
    usd_min = std::min(usd_min, usd);
    usd_max = std::max(usd_max, usd);
  }
  double X(double decisions) const {
    return kLeft + decisions / decisions_max * (kWidth - kLeft - kRight);
  }
  double Y(double usd) const {
    return kHeight - kBottom - (usd - usd_min) / (usd_max - usd_min) * (kHeight - kTop - kBottom);
  }
};

std::string AxesSvg(const Axes& axes) {
  std::string svg;
  for (int k = 0; k <= kTicks; ++k) {
    const double share = static_cast<double>(k) / kTicks;
    const double usd = axes.usd_min + share * (axes.usd_max - axes.usd_min);
    const double decisions = share * axes.decisions_max;
    absl::StrAppendFormat(&svg,
                          "<line x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\" "
                          "stroke=\"#ddd\"/>\n<text x=\"%.0f\" y=\"%.1f\" "
                          "text-anchor=\"end\">%.0f</text>\n",
                          kLeft, kWidth - kRight, axes.Y(usd), axes.Y(usd), kLeft - 6,
                          axes.Y(usd) + 4, usd);
    absl::StrAppendFormat(&svg, "<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%.0fk</text>\n",
                          axes.X(decisions), kHeight - kBottom + 18, decisions / 1000);
  }
  absl::StrAppendFormat(&svg,
                        "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">decisions</text>\n"
                        "<text x=\"%.0f\" y=\"18\">profit per day, USD</text>\n",
                        kWidth / 2, kHeight - 12, kLeft);
  return svg;
}

std::string Polyline(const std::string& points, const char* style) {
  return absl::StrCat("<polyline fill=\"none\" ", style, " points=\"", points, "\"/>\n");
}

std::string Legend(int line, const char* colour, const char* text) {
  return absl::StrFormat("<text x=\"%.0f\" y=\"%d\" fill=\"%s\">%s</text>\n", kWidth - 230,
                         static_cast<int>(kHeight - kBottom) - 50 + 16 * line, colour, text);
}

}  // namespace

std::string TrainingCsv(const std::vector<v1::TrainingProgress>& history) {
  const google::protobuf::Descriptor& type = *v1::TrainingProgress::descriptor();
  std::vector<std::string> cells;
  for (int k = 0; k < type.field_count(); ++k) cells.push_back(type.field(k)->name());
  std::string csv = absl::StrJoin(cells, ",") + "\n";
  for (const v1::TrainingProgress& row : history) {
    for (int k = 0; k < type.field_count(); ++k)
      cells[static_cast<std::size_t>(k)] = FieldText(row, type.field(k));
    absl::StrAppend(&csv, absl::StrJoin(cells, ","), "\n");
  }
  return csv;
}

std::string TrainingJsonLines(const std::vector<v1::TrainingProgress>& history) {
  std::string lines;
  for (const v1::TrainingProgress& row : history) absl::StrAppend(&lines, codec::ToJson(row), "\n");
  return lines;
}

std::string LearningCurveSvg(const std::vector<v1::TrainingProgress>& history) {
  const Axes axes(history);
  std::string played;
  std::string measured;
  std::string baseline;
  std::string bars;
  for (const v1::TrainingProgress& row : history) {
    const double x = axes.X(static_cast<double>(row.decisions()));
    if (row.days() > 0)
      absl::StrAppendFormat(&played, "%.1f,%.1f ", x, axes.Y(row.mean_profit_usd()));
    if (!row.measured()) continue;
    const double usd = row.selection_profit_usd();
    absl::StrAppendFormat(&measured, "%.1f,%.1f ", x, axes.Y(usd));
    absl::StrAppendFormat(&baseline, "%.1f,%.1f ", x, axes.Y(row.baseline_profit_usd()));
    absl::StrAppendFormat(&bars,
                          "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" "
                          "stroke=\"#1f6fb4\"/>\n",
                          x, x, axes.Y(usd - row.difference_ci95_usd()),
                          axes.Y(usd + row.difference_ci95_usd()));
  }
  return absl::StrCat(
      absl::StrFormat("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
                      "font-family=\"sans-serif\" font-size=\"12\">\n"
                      "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                      kWidth, kHeight),
      AxesSvg(axes), Polyline(played, "stroke=\"#bbbbbb\""),
      Polyline(baseline, "stroke=\"#d06020\" stroke-dasharray=\"6 4\""), bars,
      Polyline(measured, "stroke=\"#1f6fb4\" stroke-width=\"2\""),
      Legend(0, "#1f6fb4", "selection days, arg-max"), Legend(1, "#d06020", "baseline"),
      Legend(2, "#888888", "days as played"), "</svg>\n");
}

}  // namespace skein::policy
