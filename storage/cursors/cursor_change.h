// What can happen to the groups' cursors, as data.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "storage/cursor_store.h"

namespace strata::storage {

struct GroupCreation {
  std::string group;
};
struct GroupDeletion {
  std::string group;
};

// The writes of one call belong together: all or none.
using CursorChange = std::variant<std::vector<CursorWrite>, GroupCreation, GroupDeletion>;

}  // namespace strata::storage
