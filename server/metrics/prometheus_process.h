#pragma once

#include <prometheus/collectable.h>

#include <memory>
#include <string>

namespace skein::server {

// What is read when Prometheus asks: the process, the wall clock, and the file system in which
// `store_folder` lies, unless it is empty. Nothing of it waits for another thread of ours.
//
// Threads: safe.
std::shared_ptr<prometheus::Collectable> MakeProcessMetrics(const std::string& store_folder);

}  // namespace skein::server
