// Reads several partitions of a topic at once: one Reader for each, served in turn.
//
// Use it from one thread; Ring its doorbell from any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/lib/admin.h"
#include "client/lib/connection.h"
#include "client/lib/doorbell.h"
#include "client/lib/position.h"
#include "client/lib/reader.h"

namespace strata::cli {

class TopicReader {
 public:
  using Handler = std::function<Result<void>(std::int32_t, const std::vector<RecordView>&)>;

  // Begins to read. `doorbell` rings when there is something new; ring it to end a Wait.
  static Result<TopicReader> Open(const std::shared_ptr<Connection>& connection,
                                  const std::string& topic,
                                  const std::vector<std::int32_t>& partitions, Position from,
                                  bool stop_at_end, std::shared_ptr<Doorbell> doorbell);

  // Hands over what is there, one batch of each partition. Whether there was anything. Errors of
  // the Readers and of `handle`.
  Result<bool> ServeInTurn(const Handler& handle);

  // Until there may be something to serve.
  void Wait();

  // With stop_at_end: all partitions have come to their end.
  bool finished() const { return partitions_.empty(); }

 private:
  struct Partition {
    std::int32_t number;
    std::unique_ptr<Reader> reader;
  };

  explicit TopicReader(std::shared_ptr<Doorbell> doorbell) : doorbell_(std::move(doorbell)) {}

  std::shared_ptr<Doorbell> doorbell_;
  std::vector<Partition> partitions_;
};

// The numbers of all partitions that a topic has.
std::vector<std::int32_t> AllPartitions(const TopicDescription& topic);

}  // namespace strata::cli
