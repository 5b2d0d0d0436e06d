#pragma once

namespace skein::cli {

// Makes Ctrl-C and SIGTERM set a flag instead of ending the process; a second one ends it.
void CatchInterrupts();

// Whether one came.
bool Interrupted();

}  // namespace skein::cli
