// What the programs of the limits are asked for. They have their arguments in common.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "bench/compare/drivers/measured.h"

namespace strata::compare {

struct LimitOptions {
  std::string verb;
  std::string address;  // HOST:PORT
  std::string file;
  std::uint64_t records = 1;
  std::size_t size = 100;       // of each value
  std::size_t write_bytes = 0;  // of each write to the disk; 0: as much as the client sends at once
};

// Parses the command line, calls `run`, and prints what it returns. Gives the exit status: 0
// measured, 1 failed (`run` has thrown), 2 wrong usage. A verb that measures nothing does not
// return.
int RunLimit(int argc, char** argv, const std::function<Measured(const LimitOptions&)>& run);

// The port of HOST:PORT. std::runtime_error.
int PortOf(const std::string& address);

}  // namespace strata::compare
