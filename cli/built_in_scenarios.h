#pragma once

#include <string_view>

namespace skein::cli {

// deploy/scenarios/sfbay.json, as it was when the program was built.
std::string_view SfbayScenarioJson();

}  // namespace skein::cli
