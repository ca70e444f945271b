// What a compaction that was interrupted has left (storage/log/cleaning/README.md): looked at as
// the next start of the broker will find it when it has finished that.
#pragma once

#include <string>

#include "storage/tool/directory/file_tree.h"
#include "storage/tool/directory/truth.h"

namespace strata::storage::tool {

// Where segments were being replaced by a rewritten one: while that one is not in their place yet,
// forgets about it, since they are all there; otherwise takes those that it replaces out of `tree`,
// and its note for theirs.
// The sizes of files in `data_dir` tell whether it is. IO_ERROR.
Result<void> SettleSwaps(const std::string& data_dir, FileTree* tree, Truth* truth);

}  // namespace strata::storage::tool
