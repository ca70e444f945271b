// What a compaction that was interrupted has left (storage/log/cleaning/README.md): looked at as
// the next start of the broker will find it when it has finished that.
#pragma once

#include <string>

#include "storage/tool/directory/file_tree.h"
#include "storage/tool/directory/truth.h"

namespace strata::storage::tool {

// Where segments were being replaced by a rewritten one: decides as a start would which of them are
// the log (storage/log/cleaning/swap_decision.h). If it is the rewritten one, in its place or still
// under its own name, puts it and its note in the place of the others in `tree` and `truth`.
// Reads the files in `data_dir`. IO_ERROR.
Result<void> SettleSwaps(const std::string& data_dir, FileTree* tree, Truth* truth);

}  // namespace strata::storage::tool
