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
// offsets are all from `lowest` on and below `highest`. Looks at every byte.
//
// The damage begins at `position`. If a header can still be read there, the place to which its
// length leads is tried before all others. For a record may hold a batch as its value, which must
// not be taken for one of the log's. But where the offsets do not go on at that place as the header
// says, its length may be what is damaged, and lead past some batches: if intact ones before that
// place end right there, the first of them counts. Elsewhere, the first batch counts that is
// followed by a header that goes on where it ends, or by the end of the data; and if there is no
// such one, the first of all. At `position` itself one counts only with the offset `lowest`, or if
// an intact one goes on where it ends: for no CRC covers the base offset, which may be all that is
// damaged.
//
// Gives up, as if there was nothing more, when a gigabyte of bytes that only look like batches has
// been checked in vain. IO_ERROR.
Result<std::optional<BatchPlace>> FindIntactBatch(const File& file, std::int64_t position,
                                                  std::int64_t limit, Offset lowest,
                                                  Offset highest);

}  // namespace strata::storage
