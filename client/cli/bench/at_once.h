// Runs tasks on threads of their own, while the caller's looks after them.
#pragma once

#include <functional>
#include <vector>

namespace strata::cli {

// Returns when all `tasks` have; what one of them throws (no memory) it throws on. Calls `look`
// several times a second meanwhile, on this thread.
void RunAtOnce(const std::vector<std::function<void()>>& tasks, const std::function<void()>& look);

// Calls `look` several times a second, on this thread, until `done` says yes.
void LookUntil(const std::function<bool()>& done, const std::function<void()>& look);

}  // namespace strata::cli
