// Finds the next intact batch behind damage, where no batch says any more where the next one lies.
#pragma once

#include <cstdint>
#include <optional>

#include "proto/base/error.h"
#include "proto/base/types.h"
#include "storage/io/file_system.h"
#include "storage/log/batch_scanner.h"

namespace strata::storage {

// A batch that lies at or behind `position`, ends by `limit`, is right by its CRC, and whose
// offsets are all from `lowest` on and below `highest`. Looks at every byte. A record may hold a
// batch as its value, which must not be taken for one of the log's; so the first one counts from
// which the batches go on to the end, or else the one from which they go on the furthest. IO_ERROR.
Result<std::optional<BatchPlace>> FindIntactBatch(const File& file, std::int64_t position,
                                                  std::int64_t limit, Offset lowest,
                                                  Offset highest);

}  // namespace strata::storage
