#include <csignal>

#include "client/cli/command_line.h"
#include "proto/base/freed_memory.h"

int main(int argc, char** argv) {
  // A pipe that nobody reads any more shows as EPIPE, which ends a command in good order.
  std::signal(SIGPIPE, SIG_IGN);
  strata::KeepFreedMemory();
  return strata::cli::RunCommandLine(argc, argv);
}
