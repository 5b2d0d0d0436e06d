#pragma once

#include "proto/codec/names.h"
#include "sim/domain/effect.h"
#include "skein/v1/effect.pb.h"
#include "skein/v1/events_file.pb.h"

namespace skein::codec {

// Times that are not known (kNever) are left out.
//
// Requires: the names know all ids in the effect.
v1::Effect EncodeEffect(const Effect& effect, const Names& names);
v1::TimedEffect EncodeTimedEffect(const TimedEffect& effect, const Names& names);

}  // namespace skein::codec
