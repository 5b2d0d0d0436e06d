#pragma once

#include "proto/codec/field_checker.h"
#include "proto/codec/names.h"
#include "sim/domain/scenario.h"
#include "skein/v1/scenario.pb.h"

// The parts of a scenario, field by field. Decoding checks only what the domain's types cannot hold
// (unknown names, numbers that are not finite, times beyond kMaxMs); Validate() does the rest.
// A field with a default that is absent keeps the domain's default.
namespace skein::codec {

v1::Vertiport EncodeFields(const Vertiport& s);
v1::Corridor EncodeFields(const Corridor& s, const Names& names);
v1::Aircraft EncodeFields(const Aircraft& s, const Names& names);
v1::AircraftType EncodeFields(const AircraftType& s);
v1::EnergyRules EncodeFields(const EnergyRules& s);
v1::ChargingRules EncodeFields(const ChargingRules& s);
v1::OperatingRules EncodeFields(const OperatingRules& s);
v1::FareRule EncodeFields(const FareRule& s);
v1::CostRule EncodeFields(const CostRule& s);
v1::DemandModel EncodeFields(const DemandModel& s);
v1::DisturbanceModel EncodeFields(const DisturbanceModel& s);
v1::Weather EncodeFields(const Weather& s);
v1::SourceNote EncodeFields(const SourceNote& s);

// Rows of tables; the caller has entered them.
Vertiport DecodeFields(const v1::Vertiport& m, FieldChecker& check);
Corridor DecodeFields(const v1::Corridor& m, const Names& names, FieldChecker& check);
Aircraft DecodeFields(const v1::Aircraft& m, const Names& names, FieldChecker& check);
SourceNote DecodeFields(const v1::SourceNote& m, FieldChecker& check);
// Singular parts; they enter themselves.
AircraftType DecodeFields(const v1::AircraftType& m, FieldChecker& check);
EnergyRules DecodeFields(const v1::EnergyRules& m, FieldChecker& check);
ChargingRules DecodeFields(const v1::ChargingRules& m, FieldChecker& check);
OperatingRules DecodeFields(const v1::OperatingRules& m, FieldChecker& check);
FareRule DecodeFields(const v1::FareRule& m, FieldChecker& check);
CostRule DecodeFields(const v1::CostRule& m, FieldChecker& check);
DemandModel DecodeFields(const v1::DemandModel& m, FieldChecker& check);
DisturbanceModel DecodeFields(const v1::DisturbanceModel& m, FieldChecker& check);
Weather DecodeFields(const v1::Weather& m, FieldChecker& check);

}  // namespace skein::codec
