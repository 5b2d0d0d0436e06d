#include "tests/storage/samples.h"

namespace skein::storage {

NetworkRecord SampleNetwork(const std::string& id) {
  NetworkRecord network;
  network.id = id;
  network.scenario = std::string("scenario\0with a NUL", 19);
  network.scenario_hash = 0xfedcba9876543210;
  network.rules_version = 3;
  network.clock = "SYSTEM";
  network.policy = "greedy";
  network.policy_seed = ~std::uint64_t{0};
  network.auto_dispatch = true;
  network.day_start_unix_ms = 1'700'000'000'000;
  return network;
}

JournalRecord SampleRecord(std::int64_t sequence) {
  JournalRecord record;
  record.sequence = sequence;
  record.time_ms = 1000 * sequence;
  record.kind = sequence % 2 == 0 ? 2 : 1;
  if (record.kind == 2) {
    record.subject = sequence % 3;
    record.number = sequence / 2 - 1;
    record.digest = 0x8000000000000000u + static_cast<std::uint64_t>(sequence);
  }
  record.payload = "payload of " + std::to_string(sequence);
  return record;
}

NetworkBatch Creation(const std::string& id, int count) {
  NetworkBatch batch = Addition(id, 1, count);
  batch.created = SampleNetwork(id);
  return batch;
}

NetworkBatch Addition(const std::string& id, int first, int last) {
  NetworkBatch batch;
  batch.network = id;
  for (int k = first; k <= last; ++k) batch.records.push_back(SampleRecord(k));
  return batch;
}

}  // namespace skein::storage
