#include "tests/contract/metadata_store_contract.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

namespace strata::storage {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

MetadataTransaction Put(const std::string& key, const std::string& value) {
  return {{}, {{key, value}}};
}

MetadataTransaction PutIf(const std::string& key, const std::string& value, std::int64_t version) {
  return {{{key, version}}, {{key, value}}};
}

MetadataTransaction Delete(const std::string& key) {
  return {{}, {{key, std::nullopt}}};
}

std::string ValueOf(MetadataStore& store, const std::string& key) {
  const auto entry = store.Get(key).value();
  return entry ? entry->value : "(absent)";
}

std::vector<std::string> KeysOf(MetadataStore& store, const std::string& prefix) {
  std::vector<std::string> keys;
  const auto range = store.Range(prefix).value();
  for (const auto& entry : range) keys.push_back(entry.key);
  return keys;
}

std::string Describe(const MetadataChange& change) {
  return change.key + (change.value ? "=" + *change.value : " deleted") + "@" +
         std::to_string(change.version);
}

void ExpectError(const Result<std::int64_t>& result, ErrorCode code, const std::string& names) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, code);
  EXPECT_THAT(result.error().message, HasSubstr(names));
}

}  // namespace

TEST_P(MetadataStoreContract, AnEmptyStoreHasNothingAndIsAtRevisionZero) {
  EXPECT_EQ(store_->Get("k").value().has_value(), false);
  EXPECT_THAT(KeysOf(*store_, ""), IsEmpty());
  EXPECT_EQ(store_->Commit({}).value(), 0);
}

TEST_P(MetadataStoreContract, EveryCommitWithWritesIsTheNextRevisionAndTheVersionOfItsKeys) {
  EXPECT_EQ(store_->Commit(Put("a", "1")).value(), 1);
  EXPECT_EQ(store_->Commit({{}, {{"b", "2"}, {"c", "3"}}}).value(), 2);
  EXPECT_EQ(store_->Commit(Put("a", "4")).value(), 3);
  const auto a = store_->Get("a").value();
  EXPECT_EQ(a->key, "a");
  EXPECT_EQ(a->value, "4");
  EXPECT_EQ(a->version, 3);
  EXPECT_EQ(store_->Get("b").value()->version, 2);
  EXPECT_EQ(store_->Get("c").value()->version, 2);
}

TEST_P(MetadataStoreContract, AnyBytesAreAKeyAndAValue) {
  const std::vector<std::string> keys = {"\0"s, "\0\0"s, "a\0b"s, "\xff"s, "\xff\xff"s};
  for (const auto& key : keys) ASSERT_TRUE(store_->Commit(Put(key, key + "\0v"s)).has_value());
  for (const auto& key : keys) EXPECT_EQ(ValueOf(*store_, key), key + "\0v"s);
  EXPECT_EQ(KeysOf(*store_, ""), keys);
}

TEST_P(MetadataStoreContract, RangeGivesThePrefixAloneInOrder) {
  for (const std::string key : {"b/2", "a", "b/10", "b", "b0", "b/\xff"}) {
    ASSERT_TRUE(store_->Commit(Put(key, "")).has_value());
  }
  EXPECT_THAT(KeysOf(*store_, "b/"), ElementsAre("b/10", "b/2", "b/\xff"));
  EXPECT_THAT(KeysOf(*store_, "c"), IsEmpty());
  EXPECT_THAT(KeysOf(*store_, ""), ElementsAre("a", "b", "b/10", "b/2", "b/\xff", "b0"));
}

TEST_P(MetadataStoreContract, DeletedKeysAreGoneAndMayComeBackWithANewVersion) {
  ASSERT_TRUE(store_->Commit(Put("a", "1")).has_value());
  EXPECT_EQ(store_->Commit(Delete("a")).value(), 2);
  EXPECT_EQ(ValueOf(*store_, "a"), "(absent)");
  EXPECT_EQ(store_->Commit(Delete("a")).value(), 3);
  EXPECT_EQ(store_->Commit(PutIf("a", "2", 0)).value(), 4);
  EXPECT_EQ(store_->Get("a").value()->version, 4);
}

TEST_P(MetadataStoreContract, ACompareOfAbsenceAdmitsOnlyTheFirst) {
  EXPECT_EQ(store_->Commit(PutIf("a", "first", 0)).value(), 1);
  ExpectError(store_->Commit(PutIf("a", "second", 0)), ErrorCode::CONFLICT, "'a'");
  EXPECT_EQ(ValueOf(*store_, "a"), "first");
}

TEST_P(MetadataStoreContract, ACompareOfTheVersionAdmitsOnlyWhoKnowsTheLatest) {
  ASSERT_TRUE(store_->Commit(Put("a", "1")).has_value());
  ASSERT_TRUE(store_->Commit(PutIf("a", "2", 1)).has_value());
  ExpectError(store_->Commit(PutIf("a", "3", 1)), ErrorCode::CONFLICT, "'a'");
  ExpectError(store_->Commit(PutIf("absent", "3", 1)), ErrorCode::CONFLICT, "'absent'");
  EXPECT_EQ(ValueOf(*store_, "a"), "2");
}

TEST_P(MetadataStoreContract, OneFailedCompareKeepsEverythingAsItWas) {
  ASSERT_TRUE(store_->Commit(Put("a", "1")).has_value());
  const MetadataTransaction transaction = {{{"a", 1}, {"b", 7}},
                                           {{"a", "x"}, {"b", "x"}, {"c", "x"}}};
  ExpectError(store_->Commit(transaction), ErrorCode::CONFLICT, "'b'");
  EXPECT_EQ(ValueOf(*store_, "a"), "1");
  EXPECT_THAT(KeysOf(*store_, ""), ElementsAre("a"));
  EXPECT_EQ(store_->Commit({}).value(), 1);
}

TEST_P(MetadataStoreContract, ATransactionWithoutWritesOnlyCompares) {
  ASSERT_TRUE(store_->Commit(Put("a", "1")).has_value());
  EXPECT_EQ(store_->Commit({{{"a", 1}, {"b", 0}}, {}}).value(), 1);
  ExpectError(store_->Commit({{{"a", 0}}, {}}), ErrorCode::CONFLICT, "'a'");
}

TEST_P(MetadataStoreContract, AKeyWrittenTwiceOrEmptyIsRefusedAsAWhole) {
  ExpectError(store_->Commit({{}, {{"b", "1"}, {"a", "1"}, {"a", std::nullopt}}}),
              ErrorCode::INVALID_ARGUMENT, "'a'");
  ExpectError(store_->Commit({{}, {{"b", "1"}, {"", "1"}}}), ErrorCode::INVALID_ARGUMENT, "empty");
  ExpectError(store_->Commit({{{"", 0}}, {{"b", "1"}}}), ErrorCode::INVALID_ARGUMENT, "empty");
  EXPECT_THAT(KeysOf(*store_, ""), IsEmpty());
}

TEST_P(MetadataStoreContract, AWatchSeesTheChangesUnderItsPrefixInOrder) {
  std::vector<std::string> seen;
  ASSERT_TRUE(store_->Commit(Put("a/before", "")).has_value());
  store_->Watch("a/", [&](const MetadataChange& change) { seen.push_back(Describe(change)); });
  ASSERT_TRUE(store_->Commit({{}, {{"a/2", "x"}, {"b", "x"}, {"a/1", "y"}}}).has_value());
  ASSERT_TRUE(store_->Commit(Delete("a/2")).has_value());
  ASSERT_TRUE(store_->Commit(Delete("a/absent")).has_value());
  ASSERT_FALSE(store_->Commit(PutIf("a/1", "z", 1)).has_value());
  EXPECT_THAT(seen, ElementsAre("a/2=x@2", "a/1=y@2", "a/2 deleted@3"));
}

TEST_P(MetadataStoreContract, AWatchMayReadWhatItIsToldOf) {
  std::string value;
  store_->Watch("", [&](const MetadataChange& change) { value = ValueOf(*store_, change.key); });
  ASSERT_TRUE(store_->Commit(Put("a", "1")).has_value());
  EXPECT_EQ(value, "1");
}

TEST_P(MetadataStoreContract, UnwatchEndsOneWatchAndNoOther) {
  int first = 0, second = 0;
  const auto ticket = store_->Watch("", [&](const MetadataChange&) { ++first; });
  const auto other = store_->Watch("", [&](const MetadataChange&) { ++second; });
  EXPECT_NE(ticket, 0u);
  EXPECT_NE(ticket, other);
  ASSERT_TRUE(store_->Commit(Put("a", "1")).has_value());
  store_->Unwatch(ticket);
  store_->Unwatch(ticket);
  ASSERT_TRUE(store_->Commit(Put("a", "2")).has_value());
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
}

TEST_P(MetadataStoreContract, OfManyThreadsThatWantOneKeyExactlyOneGetsIt) {
  std::atomic<int> won = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto result = store_->Commit(PutIf("owner", std::to_string(i), 0));
      if (result) ++won;
      if (!result && result.error().code == ErrorCode::CONFLICT) ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 7);
}

TEST_P(MetadataStoreContract, ACounterKeptByCompareAndPutLosesNoIncrement) {
  constexpr int kThreads = 4;
  constexpr int kIncrements = 25;
  std::vector<std::int64_t> watched;
  store_->Watch("counter", [&](const MetadataChange& change) {
    watched.push_back(std::stoll(*change.value));
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int done = 0; done < kIncrements;) {
        const auto now = store_->Get("counter").value();
        const int next = now ? std::stoi(now->value) + 1 : 1;
        if (store_->Commit(PutIf("counter", std::to_string(next), now ? now->version : 0))) ++done;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ValueOf(*store_, "counter"), std::to_string(kThreads * kIncrements));
  ASSERT_EQ(watched.size(), static_cast<std::size_t>(kThreads * kIncrements));
  for (std::size_t i = 0; i < watched.size(); ++i) {
    EXPECT_EQ(watched[i], static_cast<std::int64_t>(i) + 1);
  }
}

TEST_P(MetadataStoreContract, ARangeNeverShowsHalfATransaction) {
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; i < 50; ++i) {
      const std::string value = std::to_string(i);
      EXPECT_TRUE(store_->Commit({{}, {{"p/1", value}, {"p/2", value}}}).has_value());
    }
    stop = true;
  });
  while (!stop) {
    const auto range = store_->Range("p/").value();
    if (range.empty()) continue;
    ASSERT_EQ(range.size(), 2u);
    EXPECT_EQ(range[0].value, range[1].value);
    EXPECT_EQ(range[0].version, range[1].version);
  }
  writer.join();
}

TEST_P(DurableMetadataStoreContract, WhatWasCommittedIsThereAfterReopening) {
  ASSERT_TRUE(store_->Commit({{}, {{"a", "1"}, {"b", "2"}}}).has_value());
  ASSERT_TRUE(store_->Commit(Delete("b")).has_value());
  store_.reset();
  store_ = backend_->Open();
  EXPECT_THAT(KeysOf(*store_, ""), ElementsAre("a"));
  EXPECT_EQ(store_->Get("a").value()->version, 1);
}

TEST_P(DurableMetadataStoreContract, TheRevisionGoesOnAfterReopening) {
  ASSERT_TRUE(store_->Commit(Put("a", "1")).has_value());
  ASSERT_TRUE(store_->Commit(Delete("a")).has_value());
  store_.reset();
  store_ = backend_->Open();
  EXPECT_EQ(store_->Commit({}).value(), 2);
  EXPECT_EQ(store_->Commit(Put("a", "2")).value(), 3);
}

TEST_P(DurableMetadataStoreContract, WhatWasAcknowledgedSurvivesAKill) {
  for (int i = 1; i <= 20; ++i) {
    ASSERT_EQ(store_->Commit(Put("k" + std::to_string(i), "v")).value(), i);
  }
  const auto survivor = backend_->OpenAfterKill();
  EXPECT_EQ(KeysOf(*survivor, "k").size(), 20u);
  EXPECT_EQ(survivor->Commit(Put("k", "v")).value(), 21);
}

}  // namespace strata::storage
