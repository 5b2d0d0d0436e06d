#include "storage/failpoint.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/domain/status.h"

namespace skein::failpoint {
namespace {

constexpr std::array<const char*, 8> kNames = {
    "append.before",      "append.after",   "commit.before",  "commit.unanswered",
    "acknowledge.before", "snapshot.write", "migration.step", "recovery.replay"};

enum class Action { kKill, kStop, kError };

struct Armed {
  Action action = Action::kError;
  std::atomic<std::int64_t> passes_left{0};  // 0: not armed
};

using Points = std::array<Armed, kNames.size()>;

Points& AllPoints() {
  static Points points;
  return points;
}

absl::Status Bad(const std::string& item) {
  return absl::InvalidArgumentError(
      absl::StrCat("failpoint ", item, ": want NAME=kill, stop or error, and @PASS from 1"));
}

struct Order {
  std::size_t point = 0;
  Action action = Action::kError;
  std::int64_t pass = 1;
};

absl::StatusOr<Order> Parse(const std::string& item) {
  Order order;
  const std::vector<std::string> halves = absl::StrSplit(item, absl::MaxSplits('=', 1));
  if (halves.size() != 2) return Bad(item);
  while (order.point < kNames.size() && halves[0] != kNames[order.point]) ++order.point;
  if (order.point == kNames.size()) return Bad(item);
  const std::vector<std::string> parts = absl::StrSplit(halves[1], absl::MaxSplits('@', 1));
  if (parts.size() == 2 && (!absl::SimpleAtoi(parts[1], &order.pass) || order.pass < 1))
    return Bad(item);
  if (parts[0] == "kill")
    order.action = Action::kKill;
  else if (parts[0] == "stop")
    order.action = Action::kStop;
  else if (parts[0] != "error")
    return Bad(item);
  return order;
}

}  // namespace

absl::Status Pass(Point point) {
  Armed& armed = AllPoints()[static_cast<std::size_t>(point)];
  if (armed.passes_left.load(std::memory_order_relaxed) <= 0) return absl::OkStatus();
  if (armed.passes_left.fetch_sub(1) != 1) return absl::OkStatus();
  switch (armed.action) {
    case Action::kKill: raise(SIGKILL); break;
    case Action::kStop: raise(SIGSTOP); return absl::OkStatus();
    case Action::kError: break;
  }
  return absl::UnavailableError(
      absl::StrCat("injected at ", kNames[static_cast<std::size_t>(point)]));
}

absl::Status Arm(const std::string& list) {
  std::vector<Order> orders;
  for (const std::string& item : std::vector<std::string>(absl::StrSplit(list, ','))) {
    SKEIN_ASSIGN_OR_RETURN(const Order order, Parse(item));
    orders.push_back(order);
  }
  for (const Order& order : orders) {
    Armed& armed = AllPoints()[order.point];
    armed.action = order.action;
    armed.passes_left = order.pass;
  }
  return absl::OkStatus();
}

}  // namespace skein::failpoint
