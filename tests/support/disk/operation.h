// What can be asked of a file system, one name for each of its calls.
#pragma once

#include <array>
#include <string_view>

namespace strata::testing {

enum class Operation {
  // These change what is on disk, or what will be.
  kCreate,
  kWrite,
  kAllocate,
  kTruncate,
  kSync,
  kSyncAll,
  kSyncDirectory,
  kCreateDirectory,
  kRename,
  kRemoveFile,
  kRemoveTree,
  // These do not.
  kOpen,
  kRead,
  kExamine,  // size, existence, free space
  kList,
  kLock,
};

inline constexpr std::array kChanges = {Operation::kCreate,        Operation::kWrite,
                                        Operation::kAllocate,      Operation::kTruncate,
                                        Operation::kSync,          Operation::kSyncAll,
                                        Operation::kSyncDirectory, Operation::kCreateDirectory,
                                        Operation::kRename,        Operation::kRemoveFile,
                                        Operation::kRemoveTree};

inline constexpr std::size_t kOperations = static_cast<std::size_t>(Operation::kLock) + 1;

inline bool ChangesDisk(Operation operation) {
  return operation <= Operation::kRemoveTree;
}

inline std::string_view Describe(Operation operation) {
  constexpr std::array<std::string_view, kOperations> names = {
      "create", "write",       "allocate",       "truncate",
      "sync",   "sync all",    "sync directory", "create directory",
      "rename", "remove file", "remove tree",    "open",
      "read",   "examine",     "list",           "lock"};
  return names[static_cast<std::size_t>(operation)];
}

}  // namespace strata::testing
