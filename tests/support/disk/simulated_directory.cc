#include "tests/support/disk/simulated_directory.h"

#include <unordered_map>

namespace strata::testing {

NodePtr SimulatedDirectory::Find(const std::string& name) const {
  const auto found = seen_.find(name);
  return found == seen_.end() ? nullptr : found->second;
}

void SimulatedDirectory::Apply(const Change& change, Entries* entries) {
  for (const auto& [name, node] : change) {
    if (node) {
      (*entries)[name] = node;
    } else {
      entries->erase(name);
    }
  }
}

void SimulatedDirectory::Make(Change change) {
  Apply(change, &seen_);
  pending_.push_back(std::move(change));
}

void SimulatedDirectory::Set(const std::string& name, NodePtr node) {
  Make({{name, std::move(node)}});
}

void SimulatedDirectory::Remove(const std::string& name) {
  Make({{name, nullptr}});
}

void SimulatedDirectory::Rename(const std::string& from, const std::string& to) {
  Make({{from, nullptr}, {to, Find(from)}});
}

void SimulatedDirectory::Sync() {
  on_disk_ = seen_;
  pending_.clear();
}

SimulatedDirectory::Entries SimulatedDirectory::FindAfterPowerCut(PendingEntries kept,
                                                                  Dice& dice) const {
  Entries found = on_disk_;
  if (kept == PendingEntries::kLoseAll) return found;
  const std::uint64_t point = Roll(dice, pending_.size() + 1);
  const auto is_kept = [&](std::size_t i) {
    if (kept == PendingEntries::kKeepFirst) return i < point;
    return kept == PendingEntries::kKeepLast ? i >= point : Roll(dice, 2) == 0;
  };
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (is_kept(i)) Apply(pending_[i], &found);
  }
  return found;
}

namespace {

using Copies = std::unordered_map<const SimulatedNode*, NodePtr>;

// The same node is reached by several ways, and is copied once.
NodePtr CopyOnce(const NodePtr& node, Copies& copies) {
  const auto [copy, is_new] = copies.try_emplace(node.get());
  if (!is_new) return copy->second;
  const NodePtr fresh = copy->second = std::make_shared<SimulatedNode>(*node);
  fresh->directory.ReplaceNodes([&](const NodePtr& child) { return CopyOnce(child, copies); });
  return fresh;
}

}  // namespace

NodePtr Copy(const NodePtr& node) {
  Copies copies;
  return CopyOnce(node, copies);
}

}  // namespace strata::testing
