// Works through a topic at least once: commits behind the work. Who dies between the two does the
// work again, so the work must bear being done twice.
//
//   strata_example_at_least_once HOST:PORT TOPIC GROUP
#include <fmt/format.h>

#include "client/lib/consumer.h"

namespace {

void Process(const strata::ConsumedRecord& consumed) {
  fmt::print("{}\n", consumed.record.value.value_or(""));
}

void TellDisconnected(const strata::Error& why) {
  fmt::print(stderr, "not in the group, trying again: {}\n", why.message);
}

strata::Result<void> Work(const char* broker, const char* topic, const char* group) {
  STRATA_TRY_ASSIGN(auto connection, strata::Connection::Open({.broker = broker}));
  STRATA_TRY_ASSIGN(
      auto consumer,
      strata::Consumer::Open(
          connection,
          {.group = group, .topics = {topic}, .listener = {.disconnected = TellDisconnected}}));
  while (!consumer->at_end()) {
    STRATA_TRY_ASSIGN(const auto records, consumer->Poll(std::chrono::milliseconds(100)));
    for (const auto& record : records) Process(record);
    const auto committed = consumer->Commit();
    if (!committed && !IsDeliveredAgain(committed.error())) return committed;
  }
  consumer->Close();
  return strata::Ok();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: {} HOST:PORT TOPIC GROUP\n", argv[0]);
    return 2;
  }
  const auto result = Work(argv[1], argv[2], argv[3]);
  if (!result) fmt::print(stderr, "{}\n", result.error().message);
  return result ? 0 : 1;
}
