#include "bench/compare/limits/limit_options.h"

#include <exception>
#include <iostream>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "proto/base/freed_memory.h"

namespace strata::compare {

int RunLimit(int argc, char** argv, const std::function<Measured(const LimitOptions&)>& run) {
  KeepFreedMemory();
  CLI::App app("Measures a part of the way of a record, and prints it as JSON");
  LimitOptions options;
  app.add_option("VERB", options.verb, "serve, send, receive or append")->required();
  app.add_option("--address", options.address, "HOST:PORT");
  app.add_option("--file", options.file, "file to write");
  app.add_option("--records", options.records)->check(CLI::PositiveNumber);
  app.add_option("--size", options.size, "bytes of each value")->check(CLI::PositiveNumber);
  app.add_option("--write-bytes", options.write_bytes, "bytes of each write to the disk");
  try {
    app.parse(argc, argv);
    std::cout << run(options).ToJson();
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << argv[0] << ": " << error.what() << "\n";
    return 1;
  }
}

int PortOf(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error("'" + address + "' is not HOST:PORT");
  return std::stoi(address.substr(colon + 1));
}

}  // namespace strata::compare
