// The command line of `strata`: reads it, runs what it asks for, and reports errors.
#pragma once

namespace strata::cli {

// The exit status: 0, 1 (failed) or 2 (usage).
int RunCommandLine(int argc, char** argv);

}  // namespace strata::cli
