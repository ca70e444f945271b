#include <csignal>

#include "storage/tool/command_line.h"

int main(int argc, char** argv) {
  // A pipe that nobody reads any more shows as EPIPE, which ends a command in good order.
  std::signal(SIGPIPE, SIG_IGN);
  return strata::storage::tool::RunCommandLine(argc, argv);
}
