#pragma once

#include <cstdint>
#include <string>

#include "storage/fleet_store.h"

namespace skein::storage {

// Values for tests: the same for the same arguments.
NetworkRecord SampleNetwork(const std::string& id);
JournalRecord SampleRecord(std::int64_t sequence);
// A batch that creates the network `id` with the records 1 to `count`.
NetworkBatch Creation(const std::string& id, int count);
// A batch with the records `first` to `last`.
NetworkBatch Addition(const std::string& id, int first, int last);

}  // namespace skein::storage
