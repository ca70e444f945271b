// Which operations are to fail, and a count of all that were asked for.
//
// A plain value: the owner guards it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/base/error.h"
#include "tests/support/disk/operation.h"

namespace strata::testing {

struct Fault {
  Operation operation = Operation::kWrite;
  std::uint64_t nth = 1;  // of those that match, from now on
  ErrorCode code = ErrorCode::IO_ERROR;
  bool for_good = false;       // and every later one too
  std::string path_part = {};  // only where the path contains this
  // Told when it happens, while the disk is locked.
  std::function<void(const std::string& path)> on_injection = {};
};

class FaultPlan {
 public:
  void Add(Fault fault) { faults_.push_back({std::move(fault), 0}); }
  void Clear() { faults_.clear(); }

  // Counts an operation; says how it is to fail, if it is.
  std::optional<ErrorCode> Count(Operation operation, const std::string& path) {
    ++counts_[static_cast<std::size_t>(operation)];
    std::optional<ErrorCode> failure;
    for (auto& [fault, seen] : faults_) {
      if (fault.operation != operation || path.find(fault.path_part) == path.npos) continue;
      ++seen;
      if (seen == fault.nth || (fault.for_good && seen > fault.nth)) {
        failure = fault.code;
        if (fault.on_injection) fault.on_injection(path);
        ++injected_;
      }
    }
    return failure;
  }

  std::uint64_t count(Operation operation) const {
    return counts_[static_cast<std::size_t>(operation)];
  }
  // How many operations have been made to fail.
  std::uint64_t injected() const { return injected_; }

 private:
  struct Planned {
    Fault fault;
    std::uint64_t seen = 0;
  };

  std::vector<Planned> faults_;
  std::array<std::uint64_t, kOperations> counts_{};
  std::uint64_t injected_ = 0;
};

}  // namespace strata::testing
