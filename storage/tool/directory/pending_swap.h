// What a compaction that was interrupted has left (storage/log/cleaning/README.md): looked at as
// the next start of the broker will find it when it has finished that. Pure.
#pragma once

#include "storage/tool/directory/file_tree.h"
#include "storage/tool/directory/truth.h"

namespace strata::storage::tool {

// Where segments were being replaced by a rewritten one: while that one is not in their place yet,
// forgets about it, since they are all there; otherwise takes those that it replaces out of `tree`,
// and its note for theirs.
void SettleSwaps(FileTree* tree, Truth* truth);

}  // namespace strata::storage::tool
