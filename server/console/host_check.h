#pragma once

#include <string>
#include <vector>

namespace skein::server {

// Whether a request with this Host header was meant for us. A page elsewhere whose name was made to
// resolve to our address (DNS rebinding) asks with its own name; it is refused. Addresses and
// "localhost" are ours, since no name server says where they lead, and so are `names`.
bool IsOurHost(const std::string& header, const std::vector<std::string>& names);

}  // namespace skein::server
