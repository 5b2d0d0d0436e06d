#pragma once

#include "proto/codec/field_checker.h"
#include "sim/domain/scenario_changes.h"
#include "skein/v1/evaluation.pb.h"

namespace skein::codec {

// Every field is set.
v1::ScenarioChanges EncodeScenarioChanges(const ScenarioChanges& changes);

// The changes that the message describes; what is wrong with them becomes faults of `check`.
ScenarioChanges DecodeScenarioChanges(const v1::ScenarioChanges& message, FieldChecker& check);

}  // namespace skein::codec
