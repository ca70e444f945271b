// The entries of one directory on a simulated disk, twice: as the system shows them, and as far as
// they are on disk.
//
// A change stays pending until a sync. After a power cut the first few of the pending changes are
// found, as a journal keeps them, or whatever else is asked for.
//
// A plain value: the owner guards it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/disk/simulated_file.h"

namespace strata::testing {

// What a power cut does to the pending changes of a directory.
enum class PendingEntries {
  kKeepFirst,   // those up to some point are found, in order: what a journal does
  kLoseAll,     // nothing that was not synced is found
  kKeepLast,    // those from some point on: what was done first is lost, as no journal does
  kKeepRandom,  // each is found or not, whatever its order: harsher than any journal
};

struct SimulatedNode;
using NodePtr = std::shared_ptr<SimulatedNode>;

class SimulatedDirectory {
 public:
  using Entries = std::map<std::string, NodePtr>;

  const Entries& seen() const { return seen_; }
  const Entries& on_disk() const { return on_disk_; }
  bool dirty() const { return !pending_.empty(); }

  // Nothing if there is no such entry.
  NodePtr Find(const std::string& name) const;
  void Set(const std::string& name, NodePtr node);
  void Remove(const std::string& name);
  // Both or neither is found after a power cut.
  void Rename(const std::string& from, const std::string& to);

  void Sync();

  // Puts something else for each of its nodes.
  template <class Replace>
  void ReplaceNodes(const Replace& replace) {
    for (auto* entries : {&seen_, &on_disk_}) {
      for (auto& [name, node] : *entries) node = replace(node);
    }
    for (Change& change : pending_) {
      for (auto& [name, node] : change) node = node ? replace(node) : nullptr;
    }
  }

  Entries FindAfterPowerCut(PendingEntries kept, Dice& dice) const;

 private:
  // Null stands for a removal.
  using Change = std::vector<std::pair<std::string, NodePtr>>;

  static void Apply(const Change& change, Entries* entries);
  void Make(Change change);

  Entries seen_;
  Entries on_disk_;
  std::vector<Change> pending_;
};

// What a name stands for.
struct SimulatedNode {
  bool is_directory = false;
  SimulatedFile file;
  SimulatedDirectory directory;
};

// A copy of a node and all that it leads to, on disk or not.
NodePtr Copy(const NodePtr& node);

}  // namespace strata::testing
