// An append on its way through a log writer.
#pragma once

#include <cstddef>
#include <memory>

#include "proto/base/bytes.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"
#include "storage/log_store.h"

namespace strata::storage {

class PartitionAppender;

struct PendingAppend {
  // Keeps the partition while the append is under way, even if it is removed meanwhile.
  std::shared_ptr<PartitionAppender> appender;
  BatchHeader header;
  SharedBytes batch;
  Durability durability = Durability::kFsync;
  AppendCallback done;
};

}  // namespace strata::storage
