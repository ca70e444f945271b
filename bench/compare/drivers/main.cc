// strata_compare_load: one load on one peer, measured, as one line of JSON.
//
//   strata_compare_load redis produce --address 127.0.0.1:6379 --topic t --records 1000000
//   strata_compare_load --list      # {peer: [what its settings differ in from the defaults]}
//
// Exit status: 0 measured, 1 failed, 2 wrong usage.
#include <exception>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "bench/compare/drivers/loads.h"
#include "bench/compare/drivers/system_clock.h"
#include "proto/base/freed_memory.h"

namespace strata::compare {
namespace {

struct Kind {
  std::unique_ptr<Peer> (*make)(const PeerOptions&);
  std::vector<std::string> (*settings)();
};

const std::map<std::string, Kind>& Kinds() {
  static const std::map<std::string, Kind> kinds = {
#ifdef STRATA_COMPARE_KAFKA
      {"kafka", {MakeKafka, KafkaSettings}},
#endif
#ifdef STRATA_COMPARE_NATS
      {"nats", {MakeNats, NatsSettings}},
#endif
#ifdef STRATA_COMPARE_REDIS
      {"redis", {MakeRedis, RedisSettings}},
#endif
  };
  return kinds;
}

void PrintKinds() {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [name, kind] : Kinds()) json[name] = kind.settings();
  std::cout << json.dump() << "\n";
}

struct Arguments {
  bool list = false;
  std::string peer;
  std::string verb;
  std::string address;
  std::string payload_file;
  std::string compression = "none";
  std::size_t size = 100;
  std::uint64_t rate = 10'000;
  int groups = 1;
  PeerOptions options;
  LoadSize load;
};

void Define(CLI::App& app, Arguments& arguments) {
  const auto& positive = CLI::PositiveNumber;
  app.add_flag("--list", arguments.list, "print the peers that this was built with, as JSON");
  app.add_option("PEER", arguments.peer, "kafka, nats or redis");
  app.add_option("VERB", arguments.verb, "what to do")
      ->check(CLI::IsMember({"create", "delete", "produce", "consume", "latency", "fanout"}));
  app.add_option("--address", arguments.address, "HOST:PORT");
  app.add_option("--topic", arguments.options.topic);
  app.add_option("--partitions", arguments.load.partitions)->check(positive);
  app.add_option("--records", arguments.load.records)->check(positive);
  app.add_option("--size", arguments.size, "bytes of each value")->check(CLI::Range(8, 64 << 20));
  app.add_option("--payload-file", arguments.payload_file, "send its lines in turn");
  app.add_option("--compression", arguments.compression)->check(CLI::IsMember({"none", "zstd"}));
  app.add_option("--rate", arguments.rate, "records per second")->check(positive);
  app.add_option("--groups", arguments.groups)->check(positive);
}

std::unique_ptr<Peer> Connect(Arguments& arguments) {
  const auto kind = Kinds().find(arguments.peer);
  if (kind == Kinds().end()) {
    throw std::runtime_error("this was built without '" + arguments.peer + "'; see --list");
  }
  const auto colon = arguments.address.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error("--address is not HOST:PORT");
  PeerOptions& options = arguments.options;
  options.host = arguments.address.substr(0, colon);
  options.port = std::stoi(arguments.address.substr(colon + 1));
  options.partitions = arguments.load.partitions;
  options.zstd = arguments.compression == "zstd";
  options.hurry = arguments.verb == "latency";
  options.groups = arguments.verb == "fanout";
  return kind->second.make(options);
}

cli::Payloads ValuesOf(const Arguments& arguments) {
  if (arguments.payload_file.empty()) return cli::Payloads::OfSize(arguments.size);
  auto values = cli::Payloads::OfFile(arguments.payload_file);
  if (!values) throw std::runtime_error(values.error().message);
  return std::move(*values);
}

Measured Measure(Peer& peer, const Arguments& arguments) {
  SystemClock clock;
  const LoadSize& load = arguments.load;
  if (arguments.verb == "consume") return Consume(peer, load, clock);
  const cli::Payloads values = ValuesOf(arguments);
  if (arguments.verb == "produce") return Produce(peer, load, values, clock);
  if (arguments.verb == "latency") return Latency(peer, load, values, arguments.rate, clock);
  return FanOut(peer, load, values, arguments.groups, clock);
}

void Run(Arguments& arguments) {
  const auto peer = Connect(arguments);
  if (arguments.verb == "create") return peer->CreateTopic();
  if (arguments.verb == "delete") return peer->DeleteTopic();
  std::cout << Measure(*peer, arguments).ToJson();
}

}  // namespace
}  // namespace strata::compare

int main(int argc, char** argv) {
  strata::KeepFreedMemory();
  CLI::App app("Loads a peer, and prints what was measured as JSON");
  strata::compare::Arguments arguments;
  strata::compare::Define(app, arguments);
  try {
    app.parse(argc, argv);
    if (arguments.list) {
      strata::compare::PrintKinds();
      return 0;
    }
    if (arguments.verb.empty()) throw CLI::RequiredError("PEER and VERB");
    strata::compare::Run(arguments);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "strata_compare_load: " << error.what() << "\n";
    return 1;
  }
}
