#include "policy/training/learning_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_format.h"

namespace skein::policy {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 420;
constexpr double kLeft = 74;
constexpr double kRight = kWidth - 24;
constexpr double kTop = 56;
constexpr double kBottom = kHeight - 54;
constexpr char kLearner[] = "#1f6fb4";
constexpr char kBaseline[] = "#c2571a";

// The largest of 1, 2 and 5 times a power of ten that divides `span` into at least four.
double TickStep(double span) {
  const double power = std::pow(10, std::floor(std::log10(span / 4)));
  for (const double factor : {5.0, 2.0})
    if (factor * power <= span / 4) return factor * power;
  return power;
}

// One axis: values from low to high, both multiples of step, on the drawing from begin to end.
struct Axis {
  Axis(double from, double to, double begin_at, double end_at)
      : step(TickStep(to > from ? to - from : 1)),
        low(std::floor(from / step) * step),
        high(std::max(std::ceil(to / step) * step, low + step)),
        begin(begin_at),
        end(end_at) {}
  double At(double value) const { return begin + (value - low) / (high - low) * (end - begin); }

  double step;
  double low;
  double high;
  double begin;
  double end;
};

struct Picture {
  Axis decisions;
  Axis usd;
  std::string svg;

  double X(const v1::TrainingProgress& row) const {
    return decisions.At(static_cast<double>(row.decisions()));
  }
  void Text(double x, double y, const char* anchor, const std::string& text,
            const char* colour = "#444") {
    absl::StrAppendFormat(&svg,
                          "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>\n",
                          x, y, anchor, colour, text);
  }
  void Line(double x1, double y1, double x2, double y2, const char* style) {
    absl::StrAppendFormat(&svg, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1,
                          y1, x2, y2, style);
  }
};

Picture MakePicture(const std::vector<v1::TrainingProgress>& history) {
  double low = std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::lowest();
  const auto take = [&](double usd) {
    low = std::min(low, usd);
    high = std::max(high, usd);
  };
  double decisions = 1;
  for (const v1::TrainingProgress& row : history) {
    decisions = std::max(decisions, static_cast<double>(row.decisions()));
    if (!row.measured()) continue;
    take(row.selection_profit_usd() - row.difference_ci95_usd());
    take(row.selection_profit_usd() + row.difference_ci95_usd());
    take(row.baseline_profit_usd());
  }
  if (low > high) low = 0, high = 1;
  Picture picture{{0, decisions, kLeft, kRight}, {low, high, kBottom, kTop}, {}};
  picture.decisions.high = decisions;  // the curve ends at the edge
  return picture;
}

std::string Thousands(double value) {
  const std::string digits = absl::StrFormat("%.0f", std::abs(value));
  std::string text = value < 0 ? "-" : "";
  for (std::size_t k = 0; k < digits.size(); ++k) {
    if (k > 0 && (digits.size() - k) % 3 == 0) text += ',';
    text += digits[k];
  }
  return text;
}

// The ground of each phase, with its name.
void DrawPhases(const std::vector<v1::TrainingProgress>& history, Picture* picture) {
  double from = kLeft;
  for (std::size_t k = 0; k < history.size(); ++k) {
    if (k + 1 < history.size() && history[k + 1].phase() == history[k].phase()) continue;
    const double to = picture->X(history[k]);
    const bool imitation = history[k].phase() == "imitation";
    absl::StrAppendFormat(
        &picture->svg, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
        from, kTop, to - from, kBottom - kTop, imitation ? "#f4f1ea" : "#eef4f9");
    picture->Text(from + 8, kBottom - 8, "start", imitation ? "imitation" : "PPO", "#777");
    from = to;
  }
}

void DrawAxes(Picture* picture) {
  const Axis& usd = picture->usd;
  for (double value = usd.low; value <= usd.high + usd.step / 2; value += usd.step) {
    picture->Line(kLeft, usd.At(value), kRight, usd.At(value), "stroke=\"#d9d9d9\"");
    picture->Text(kLeft - 8, usd.At(value) + 4, "end", Thousands(value));
  }
  const Axis& decisions = picture->decisions;
  for (double value = 0; value <= decisions.high; value += decisions.step) {
    picture->Line(decisions.At(value), kBottom, decisions.At(value), kBottom + 5,
                  "stroke=\"#888\"");
    picture->Text(decisions.At(value), kBottom + 20, "middle", Thousands(value));
  }
  picture->Line(kLeft, kBottom, kRight, kBottom, "stroke=\"#888\"");
  picture->Text((kLeft + kRight) / 2, kHeight - 12, "middle", "decisions");
  picture->Text(kLeft, kTop - 34, "start", "profit on the selection days, USD per day");
}

void DrawProfit(const std::vector<v1::TrainingProgress>& history, Picture* picture) {
  std::string learner;
  std::string baseline;
  std::string above;
  std::string below;
  std::string dots;
  for (const v1::TrainingProgress& row : history) {
    if (!row.measured()) continue;
    const double x = picture->X(row);
    const double usd = row.selection_profit_usd();
    const auto point = [&](double value) {
      return absl::StrFormat("%.1f,%.1f ", x, picture->usd.At(value));
    };
    learner += point(usd);
    baseline += point(row.baseline_profit_usd());
    above += point(usd + row.difference_ci95_usd());
    below = point(usd - row.difference_ci95_usd()) + below;
    absl::StrAppendFormat(&dots, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>\n", x,
                          picture->usd.At(usd), kLearner);
  }
  absl::StrAppendFormat(&picture->svg,
                        "<polygon points=\"%s%s\" fill=\"%s\" fill-opacity=\"0.15\"/>\n"
                        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" "
                        "stroke-dasharray=\"7 4\"/>\n"
                        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n"
                        "%s",
                        above, below, kLearner, baseline, kBaseline, learner, kLearner, dots);
}

void DrawLegend(Picture* picture) {
  const double y = kTop - 14;
  picture->Line(kLeft, y - 4, kLeft + 24, y - 4, "stroke=\"#1f6fb4\" stroke-width=\"2\"");
  picture->Text(kLeft + 30, y, "start",
                "captain, arg-max (band: 95 % interval of the paired difference)", kLearner);
  picture->Line(kRight - 90, y - 4, kRight - 66, y - 4,
                "stroke=\"#c2571a\" stroke-width=\"1.5\" stroke-dasharray=\"7 4\"");
  picture->Text(kRight, y, "end", "baseline", kBaseline);
}

}  // namespace

std::string LearningCurveSvg(const std::vector<v1::TrainingProgress>& history) {
  Picture picture = MakePicture(history);
  DrawPhases(history, &picture);
  DrawAxes(&picture);
  DrawProfit(history, &picture);
  DrawLegend(&picture);
  return absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n%s</svg>\n",
      kWidth, kHeight, picture.svg);
}

}  // namespace skein::policy
