// Groups that read one topic, each with the same number of members. The groups are made for the
// measurement and deleted behind it. Use it from one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/bench/crew_member.h"
#include "client/cli/context.h"

namespace strata::cli {

struct CrewShape {
  int groups = 1;
  int members = 1;  // of each group; no more than there are partitions
  std::int32_t partitions = 1;
};

class Crew {
 public:
  // Begins to join. `context` and `run` must outlive it. Errors of CrewMember::Join.
  static Result<std::unique_ptr<Crew>> Join(const Context& context, const std::string& topic,
                                            const CrewShape& shape, RunState& run);
  // Leaves, and deletes the groups; says on standard error which ones stay behind. It does not go
  // on when the broker cannot be reached.
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // Both call `look` while they wait, and return early when the run fails. TIMEOUT if nothing has
  // moved for as long as one call to the broker may take.
  //
  // Until the members of each group share all partitions evenly: what is appended from then on,
  // every group gets. Returns early when the run is interrupted, too.
  Result<void> WaitUntilSettled(const std::function<void()>& look);
  // Until each group has got `records` since it joined, or more.
  Result<void> WaitFor(std::uint64_t records, const std::function<void()>& look);

  // By all groups together, since they joined.
  Amount received() const;
  // Since the last call, by all groups together.
  Arrivals TakeArrivals();

 private:
  using Members = std::vector<std::unique_ptr<CrewMember>>;
  struct Group {
    std::string name;
    Members members;
  };

  Crew(const Context& context, std::string topic, const CrewShape& shape, RunState& run);

  Result<void> JoinGroup(const std::string& name);
  // Errors of Admin::DeleteGroup; the names of those that are deleted are taken out of groups_.
  Result<void> DeleteGroups();
  bool IsSettled(const Group& group) const;
  Result<void> WaitWhileMoving(const std::function<bool()>& done,
                               const std::function<std::uint64_t()>& moved, const std::string& what,
                               const std::function<void()>& look);

  const Context& context_;
  const std::string topic_;
  const CrewShape shape_;
  RunState& run_;
  std::vector<Group> groups_;
};

}  // namespace strata::cli
