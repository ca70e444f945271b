// An append on its way through a log writer.
#pragma once

#include <memory>
#include <utility>

#include "proto/base/fragments.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"
#include "storage/log/queue_budget.h"
#include "storage/log_store.h"

namespace strata::storage {

class PartitionAppender;

// Somebody who has to be told, once, what became of an append. Move-only.
class PendingAck {
 public:
  PendingAck(AppendCallback done, QueueBudget::Share share)
      : done_(std::move(done)), share_(std::move(share)) {}
  PendingAck(PendingAck&& other) noexcept
      : done_(std::exchange(other.done_, nullptr)), share_(std::move(other.share_)) {}

  bool told() const { return !done_; }

  // Room is made first, so that whoever is told can append as much again.
  void Tell(const Result<AppendResult>& result) {
    share_.GiveBack();
    std::exchange(done_, nullptr)(result);
  }

 private:
  AppendCallback done_;
  QueueBudget::Share share_;
};

struct PendingAppend {
  // Keeps the partition while the append is under way, even if it is removed meanwhile.
  std::shared_ptr<PartitionAppender> appender;
  BatchHeader header;
  Fragments batch;
  Durability durability = Durability::kFsync;
  PendingAck ack;
};

}  // namespace strata::storage
