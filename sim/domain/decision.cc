#include "sim/domain/decision.h"

namespace skein {

GuardRule RuleOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone: return GuardRule::kNone;
    case Refusal::kNoStand: return GuardRule::kG1;
    case Refusal::kCommitted: return GuardRule::kG2;
    case Refusal::kReserve:
    case Refusal::kAlternate:
    case Refusal::kNoChargerInReach: return GuardRule::kG3;
    case Refusal::kClosed:
    case Refusal::kNoCorridor: return GuardRule::kG4;
    case Refusal::kNoSlot: return GuardRule::kG5;
    case Refusal::kOutOfService:
    case Refusal::kTurnaround: return GuardRule::kG6;
    case Refusal::kSeats:
    case Refusal::kNotBoardable: return GuardRule::kG7;
    case Refusal::kStaleTelemetry: return GuardRule::kG8;
    case Refusal::kClosingTime: return GuardRule::kG9;
  }
  return GuardRule::kNone;
}

std::string_view NameOf(GuardRule rule) {
  static constexpr std::string_view kNames[] = {"NONE", "G1", "G2", "G3", "G4",
                                                "G5",   "G6", "G7", "G8", "G9"};
  return kNames[static_cast<int>(rule)];
}

std::string_view NameOf(Refusal refusal) {
  static constexpr std::string_view kNames[] = {
      "NONE",           "NO_STAND",        "COMMITTED",
      "RESERVE",        "ALTERNATE",       "NO_CHARGER_IN_REACH",
      "CLOSED",         "NO_CORRIDOR",     "NO_SLOT",
      "OUT_OF_SERVICE", "TURNAROUND",      "SEATS",
      "NOT_BOARDABLE",  "STALE_TELEMETRY", "CLOSING_TIME"};
  return kNames[static_cast<int>(refusal)];
}

std::string_view Explain(Refusal refusal) {
  static constexpr std::string_view kSentences[] = {
      "legal",
      "no stand is free at the destination, counting aircraft on their way there",
      "the aircraft already has a commitment or is airborne",
      "it would land with less than the reserve",
      "no open alternate would be within reach after holding",
      "the destination has no charger and no vertiport with chargers would be within reach",
      "the corridor or one of its vertiports is closed at that time",
      "there is no corridor to the destination",
      "no take-off slot is free within the longest wait",
      "the aircraft is out of service",
      "the aircraft is in turnaround",
      "the named parties need more seats than the aircraft has",
      "a named party is not waiting for this flight at this time",
      "the aircraft's last report is too old",
      "the network is closed, or would be at take-off"};
  return kSentences[static_cast<int>(refusal)];
}

}  // namespace skein
