#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "skein/v1/decision.pb.h"
#include "storage/fleet_store.h"

// What the store remembers of an answer: its bytes, in which a decision is named by number and
// digest, since the journal has the rest of it.
namespace skein::server {

// The decision that a journal record keeps. Errors: DATA_LOSS.
absl::StatusOr<v1::DecisionRecord> DecisionOf(const storage::JournalRecord& record);

// The bytes to remember. `response` is changed meanwhile, and left as it was.
std::string Condense(google::protobuf::Message* response);

// Makes `response` what it was when it was condensed. Bytes that name no decision give themselves.
// Errors: DATA_LOSS, if the bytes cannot be read or the journal lacks a decision; those of the
// store.
absl::Status Recall(const std::string& bytes, const std::string& network,
                    storage::FleetStore* store, google::protobuf::Message* response);

}  // namespace skein::server
