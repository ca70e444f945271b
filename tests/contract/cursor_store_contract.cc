#include "tests/contract/cursor_store_contract.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

namespace strata::storage {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Cursor At(Offset committed) {
  return {committed + 5, committed, "member-1", "a note", 1700000000000};
}

std::future<Result<void>> WriteAsync(CursorStore& store, std::vector<CursorWrite> writes,
                                     bool durable = true) {
  auto promise = std::make_shared<std::promise<Result<void>>>();
  auto future = promise->get_future();
  store.Write(std::move(writes), durable,
              [promise](Result<void> result) { promise->set_value(std::move(result)); });
  return future;
}

Result<void> Write(CursorStore& store, std::vector<CursorWrite> writes, bool durable = true) {
  return WriteAsync(store, std::move(writes), durable).get();
}

// "topic/partition:committed" of each cursor; "(none)" if there is no such group.
std::vector<std::string> Committed(CursorStore& store, const std::string& group) {
  const auto entries = store.Load(group).value();
  if (!entries) return {"(none)"};
  std::vector<std::string> found;
  for (const auto& [partition, cursor] : *entries) {
    found.push_back(std::to_string(partition.topic) + "/" + std::to_string(partition.partition) +
                    ":" + std::to_string(cursor.committed));
  }
  return found;
}

}  // namespace

TEST_P(CursorStoreContract, AnEmptyStoreHasNoGroups) {
  EXPECT_THAT(store_->ListGroups().value(), IsEmpty());
  EXPECT_FALSE(store_->Load("g").value().has_value());
}

TEST_P(CursorStoreContract, AGroupExistsFromItsCreationOnWithoutCursors) {
  ASSERT_TRUE(store_->CreateGroup("g").has_value());
  ASSERT_TRUE(store_->CreateGroup("g").has_value());
  EXPECT_THAT(store_->ListGroups().value(), ElementsAre("g"));
  EXPECT_THAT(Committed(*store_, "g"), IsEmpty());
}

TEST_P(CursorStoreContract, CreatingAGroupThatExistsKeepsItsCursors) {
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, At(10)}}).has_value());
  ASSERT_TRUE(store_->CreateGroup("g").has_value());
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("1/0:10"));
}

TEST_P(CursorStoreContract, GroupsAreListedInOrder) {
  for (const std::string group : {"bb", "a", "c", "b"}) {
    ASSERT_TRUE(store_->CreateGroup(group).has_value());
  }
  EXPECT_THAT(store_->ListGroups().value(), ElementsAre("a", "b", "bb", "c"));
}

TEST_P(CursorStoreContract, ACursorComesBackAsItWasWritten) {
  const Cursor full = {7, 5, "member", "meta\0data"s, 1700000000000};
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, full}, {"g", {1, 1}, Cursor{}}}).has_value());
  const auto entries = store_->Load("g").value();
  ASSERT_THAT(*entries, SizeIs(2));
  EXPECT_EQ(entries->at(0).cursor, full);
  EXPECT_EQ(entries->at(1).cursor, Cursor{});
}

TEST_P(CursorStoreContract, CursorsAreLoadedByPartition) {
  ASSERT_TRUE(Write(*store_, {{"g", {256, 0}, At(4)},
                              {"g", {1, 10}, At(3)},
                              {"g", {1, 9}, At(2)},
                              {"g", {1, 0}, At(1)}})
                  .has_value());
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("1/0:1", "1/9:2", "1/10:3", "256/0:4"));
}

TEST_P(CursorStoreContract, TheLastWriteOfACursorWinsWithinACallAndAcrossCalls) {
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, At(1)}, {"g", {1, 0}, At(2)}}).has_value());
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("1/0:2"));
  std::vector<std::future<Result<void>>> results;
  for (Offset offset = 0; offset <= 50; ++offset) {
    results.push_back(WriteAsync(*store_, {{"g", {1, 0}, At(offset)}}, offset % 3 == 0));
  }
  for (auto& result : results) ASSERT_TRUE(result.get().has_value());
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("1/0:50"));
}

TEST_P(CursorStoreContract, OneCallMayWriteSeveralGroups) {
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, At(1)}, {"h", {1, 0}, At(2)}}).has_value());
  EXPECT_THAT(store_->ListGroups().value(), ElementsAre("g", "h"));
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("1/0:1"));
  EXPECT_THAT(Committed(*store_, "h"), ElementsAre("1/0:2"));
}

TEST_P(CursorStoreContract, GroupNamesOfAnyBytesDoNotMix) {
  const std::vector<std::string> groups = {"\0"s, "\0\0"s, "a", "a\0"s, "aa", "\xff"s, "\xff\xff"s};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    ASSERT_TRUE(Write(*store_, {{groups[i], {1, 0}, At(static_cast<Offset>(i))}}).has_value());
  }
  EXPECT_EQ(store_->ListGroups().value(), groups);
  ASSERT_TRUE(store_->DeleteGroup("a").has_value());
  ASSERT_TRUE(store_->DeleteGroup("\xff"s).has_value());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool deleted = groups[i] == "a" || groups[i] == "\xff"s;
    EXPECT_THAT(Committed(*store_, groups[i]),
                ElementsAre(deleted ? "(none)" : "1/0:" + std::to_string(i)));
  }
}

TEST_P(CursorStoreContract, AWriteThatNobodyWaitsForIsSeenByTheNextRead) {
  store_->Write({{"g", {1, 0}, At(3)}}, false, nullptr);
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("1/0:3"));
}

TEST_P(CursorStoreContract, AWriteThatNobodyWaitsForIsDoneByItself) {
  EXPECT_TRUE(Write(*store_, {{"g", {1, 0}, At(3)}}, false).has_value());
}

TEST_P(CursorStoreContract, ADeletedCursorIsGoneAndItsGroupStays) {
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, At(1)}, {"g", {1, 1}, At(2)}}).has_value());
  ASSERT_TRUE(
      Write(*store_, {{"g", {1, 0}, std::nullopt}, {"g", {1, 1}, std::nullopt}}).has_value());
  EXPECT_THAT(Committed(*store_, "g"), IsEmpty());
}

TEST_P(CursorStoreContract, DeletingACursorCreatesNoGroup) {
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, std::nullopt}}).has_value());
  EXPECT_THAT(store_->ListGroups().value(), IsEmpty());
}

TEST_P(CursorStoreContract, ADeletedGroupIsGoneWithItsCursorsAndMayComeBackEmpty) {
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, At(1)}, {"h", {1, 0}, At(2)}}).has_value());
  ASSERT_TRUE(store_->DeleteGroup("g").has_value());
  ASSERT_TRUE(store_->DeleteGroup("g").has_value());
  EXPECT_THAT(store_->ListGroups().value(), ElementsAre("h"));
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("(none)"));
  EXPECT_THAT(Committed(*store_, "h"), ElementsAre("1/0:2"));
  ASSERT_TRUE(Write(*store_, {{"g", {2, 0}, At(3)}}).has_value());
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("2/0:3"));
}

TEST_P(CursorStoreContract, DeletingATopicDeletesItsCursorsInAllGroupsAndNothingElse) {
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, At(1)},
                              {"g", {2, 0}, At(2)},
                              {"g", {2, 1}, At(3)},
                              {"g", {3, 0}, At(4)},
                              {"h", {2, 0}, At(5)}})
                  .has_value());
  store_->Write({{"g", {2, 7}, At(6)}}, false, nullptr);
  ASSERT_TRUE(store_->DeleteTopic(2).has_value());
  ASSERT_TRUE(store_->DeleteTopic(2).has_value());
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("1/0:1", "3/0:4"));
  EXPECT_THAT(Committed(*store_, "h"), IsEmpty());
}

TEST_P(CursorStoreContract, AnEmptyWriteSucceeds) {
  EXPECT_TRUE(Write(*store_, {}).has_value());
  EXPECT_THAT(store_->ListGroups().value(), IsEmpty());
}

TEST_P(CursorStoreContract, ManyThreadsEachSeeTheirOwnCommits) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      const std::string group = "group-" + std::to_string(t);
      for (Offset offset = 1; offset <= 30; ++offset) {
        ASSERT_TRUE(Write(*store_, {{group, {1, t}, At(offset)}}, offset % 2 == 0).has_value());
        ASSERT_THAT(Committed(*store_, group),
                    ElementsAre("1/" + std::to_string(t) + ":" + std::to_string(offset)));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(store_->ListGroups().value(), SizeIs(6));
}

TEST_P(CursorStoreContract, CallbacksOfOneThreadsWritesComeInOrder) {
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) {
    store_->Write({{"g", {1, 0}, At(i)}}, i % 7 == 0, [&, i](Result<void>) { order.push_back(i); });
  }
  ASSERT_TRUE(store_->Close().has_value());
  ASSERT_THAT(order, SizeIs(100));
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_P(CursorStoreContract, AfterCloseWritesAreRefusedAndReadingGoesOn) {
  store_->Write({{"g", {1, 0}, At(1)}}, false, nullptr);
  ASSERT_TRUE(store_->Close().has_value());
  ASSERT_TRUE(store_->Close().has_value());
  const std::vector<Result<void>> refused = {
      Write(*store_, {{"g", {1, 0}, At(2)}}), Write(*store_, {{"g", {1, 0}, At(2)}}, false),
      store_->CreateGroup("h"), store_->DeleteGroup("g"), store_->DeleteTopic(1)};
  for (const auto& result : refused) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::SHUTTING_DOWN);
  }
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("1/0:1"));
}

TEST_P(CursorStoreContract, CloseBesideWritesAnswersEveryOne) {
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        store_->Write({{"g", {1, t}, At(i)}}, i % 2 == 0, [&](Result<void>) { ++answered; });
      }
    });
  }
  EXPECT_TRUE(store_->Close().has_value());
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 800);
}

TEST_P(DurableCursorStoreContract, CursorsAndGroupsAreThereAfterReopening) {
  ASSERT_TRUE(store_->CreateGroup("empty").has_value());
  store_->Write({{"g", {1, 0}, At(7)}}, false, nullptr);
  ASSERT_TRUE(store_->Close().has_value());
  store_.reset();
  store_ = backend_->Open();
  EXPECT_THAT(store_->ListGroups().value(), ElementsAre("empty", "g"));
  EXPECT_EQ(store_->Load("g").value()->at(0).cursor, At(7));
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, At(8)}}).has_value());
  EXPECT_THAT(Committed(*store_, "g"), ElementsAre("1/0:8"));
}

TEST_P(DurableCursorStoreContract, WhatWasDeletedStaysDeletedAfterReopening) {
  ASSERT_TRUE(Write(*store_, {{"g", {1, 0}, At(1)}, {"h", {1, 0}, At(2)}}).has_value());
  ASSERT_TRUE(store_->DeleteGroup("g").has_value());
  ASSERT_TRUE(store_->DeleteTopic(1).has_value());
  store_.reset();
  store_ = backend_->Open();
  EXPECT_THAT(store_->ListGroups().value(), ElementsAre("h"));
  EXPECT_THAT(Committed(*store_, "h"), IsEmpty());
}

TEST_P(DurableCursorStoreContract, WhatWasAcknowledgedAsDurableSurvivesAKill) {
  std::vector<std::future<Result<void>>> results;
  for (int partition = 0; partition < 100; ++partition) {
    results.push_back(WriteAsync(*store_, {{"g", {1, partition}, At(partition)}}));
  }
  for (auto& result : results) ASSERT_TRUE(result.get().has_value());
  ASSERT_TRUE(store_->CreateGroup("h").has_value());
  const auto survivor = backend_->OpenAfterKill();
  EXPECT_THAT(survivor->ListGroups().value(), ElementsAre("g", "h"));
  EXPECT_THAT(Committed(*survivor, "g"), SizeIs(100));
}

}  // namespace strata::storage
