// A consumer that calls back: Poll, turned inside out.
//
//   RecordLoop loop(*consumer, [](const ConsumedRecord& record) { return Process(record); });
//   STRATA_TRY(loop.Run());
//
// What the function has come back from without an error is processed, and nothing else: with
// ConsumerOptions::auto_commit_every that is committed behind the work (at least once). Without,
// the function may call Commit(record) of the consumer where it sees fit. The loop says
// StillWorking behind each record, so that only a single one must be done within max_processing;
// the function may say so, too. It calls nothing else of the consumer.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <vector>

#include "client/lib/consumer.h"
#include "proto/base/error.h"

namespace strata {

class RecordLoop {
 public:
  using Handler = std::function<Result<void>(const ConsumedRecord&)>;

  // `consumer` must outlive the loop.
  RecordLoop(Consumer& consumer, Handler handler);

  // Calls the handler for one record after the other, on this thread, until Stop; or until the
  // handler fails, or Poll, with that error. The consumer stays open, and another Run goes on with
  // the record at which the handler has failed: to step over it, let the handler come back from it
  // without an error. Nobody may poll, seek or close the consumer in between.
  Result<void> Run();

  // Ends Run before the next record; one that begins later returns at once. Any thread.
  void Stop();

 private:
  Consumer& consumer_;
  const Handler handler_;
  std::atomic<bool> stopped_ = false;

  // Owned by the thread that runs.
  std::vector<ConsumedRecord> records_;  // that Poll has returned last
  std::size_t next_ = 0;                 // of them, to be processed
};

}  // namespace strata
