// The command line of `strata-log`: reads it, runs what it asks for, and reports errors.
#pragma once

namespace strata::storage::tool {

// The exit status: 0 (intact), 1 (damage found) or 2 (wrong usage, or a failure).
int RunCommandLine(int argc, char** argv);

}  // namespace strata::storage::tool
