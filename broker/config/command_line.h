// The command line of stratad.
#pragma once

#include <string>
#include <vector>

#include "broker/config/broker_config.h"
#include "proto/base/error.h"

namespace strata::broker {

struct CommandLine {
  // What is to be printed on standard output instead of running (--help, --version); else empty.
  std::string print;
  // Flag before file before default.
  BrokerConfig config;
  // Where to write the addresses that were chosen, a line each: gRPC, then HTTP. Empty: nowhere.
  std::string port_file;
};

// `arguments` are those behind the program's name. Reads the file that --config names.
// INVALID_ARGUMENT: an unknown flag, a missing value. INVALID_CONFIG: see ApplyConfigFile; and for
// a bad value of a flag.
Result<CommandLine> ParseCommandLine(std::vector<std::string> arguments);

// "--data-dir" for "data.dir".
std::string FlagOfKey(std::string_view key);

}  // namespace strata::broker
