// What a commit costs the broker before and behind the disk: the group looks who may commit what,
// moves its cursors, and hears that the store has them. The store keeps nothing here, and answers
// at once.
#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/micro/group_place.h"
#include "broker/groups/group.h"
#include "tests/support/fake_cursor_store.h"

namespace strata::bench {
namespace {

constexpr char kMember[] = "member";

class ForgetfulCursorStore : public strata::testing::FakeCursorStore {
 public:
  void Write(std::vector<storage::CursorWrite>, bool,
             std::function<void(Result<void>)> done) override {
    if (done) done(Ok());
  }
};

class Holder : public broker::MemberSink {
 public:
  void OnAssigned(broker::Generation, const std::vector<broker::Assignment>& assignments,
                  std::uint64_t) override {
    for (const broker::Assignment& assignment : assignments) {
      held_.push_back({assignment.partition, /*offset=*/0, assignment.generation, {}});
    }
  }
  void OnRevoked(const std::vector<storage::PartitionId>&, std::chrono::milliseconds,
                 std::string_view) override {}
  void OnReplaced() override {}

  const std::vector<broker::OffsetToCommit>& held() const { return held_; }

 private:
  std::vector<broker::OffsetToCommit> held_;
};

bool AllWell(const broker::CommitOutcome& outcome) {
  for (const auto& error : outcome) {
    if (error) return false;
  }
  return true;
}

// One member commits all that it holds.
void Commit(benchmark::State& state) {
  ForgetfulCursorStore cursors;
  GroupPlace place(static_cast<std::int32_t>(state.range(0)));
  if (!place.opened()) return state.SkipWithError("cannot open");
  Holder holder;
  const auto group = place.MakeGroup(cursors, /*max_members=*/1);
  const auto joined = group->Join({.id = kMember}, {}, {place.topic()}, &holder, [](auto) {});
  if (!joined) return state.SkipWithError(joined.error().message.c_str());
  if (static_cast<std::int64_t>(holder.held().size()) != state.range(0)) {
    return state.SkipWithError("it does not hold everything");
  }
  bool all_well = true;
  for (auto _ : state) {
    group->Commit(kMember, holder.held(), [&](const broker::CommitOutcome& outcome) {
      all_well = all_well && AllWell(outcome);
    });
  }
  if (!all_well) state.SkipWithError("a commit was refused");
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(Commit)->ArgName("partitions")->Arg(1)->Arg(10)->Arg(100);

}  // namespace
}  // namespace strata::bench
