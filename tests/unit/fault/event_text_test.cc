#include "tests/fault/history/event_text.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace strata::testing {
namespace {

const std::vector<EventBody> kEvents = {
    AppendInvoked{3, "1/0", {7, 8, 9}},
    AppendInvoked{3, "1/0", {7}, ProducerStamp{5, 2, 31}},
    Fenced{5, 3},
    AppendReturned{3, Outcome::kOk, 42, false, false},
    AppendReturned{4, Outcome::kUnknown, kNoOffset, true, true},
    AppendReturned{4, Outcome::kFailed, kNoOffset, true, false, true},
    ReadReturned{"1/0", {{5, 7}, {6, 8}}, 6},
    ReadReturned{"1/0", {{5, 7}}, {}, 5},
    ReadReturned{"1/0", {}},
    ReadReturned{"1/0", {{5, 7}}, {}, 5, 9},
    ReadFailed{"1/0", 5, "CORRUPT_LOG", true},
    LogStartSeen{"1/0", 12},
    CleanupAllowed{"1/0", true, false},
    CleanupAllowed{"1/0", false, false, 20},
    TrimInvoked{"1/0", 12},
    CommitInvoked{5, "g", "1/0", 41},
    CommitInvoked{5, "g", "1/0", 40, true},
    CommitReturned{5, Outcome::kFailed, true},
    PutInvoked{6, "key", "value"},
    PutReturned{6, Outcome::kOk},
};

TEST(EventText, ALineSaysWhatTheEventSays) {
  for (const EventBody& event : kEvents) {
    const std::string line = EncodeEvent(event);
    const auto decoded = DecodeEvent(line);
    ASSERT_TRUE(decoded.has_value()) << line;
    EXPECT_EQ(decoded->index(), event.index()) << line;
    EXPECT_EQ(EncodeEvent(*decoded), line);
  }
}

TEST(EventText, ALineThatWasCutShortIsNoEvent) {
  for (const EventBody& event : kEvents) {
    const std::string line = EncodeEvent(event);
    for (std::size_t size = 0; size < line.size(); ++size) {
      EXPECT_FALSE(DecodeEvent(line.substr(0, size)).has_value()) << line.substr(0, size);
    }
  }
}

}  // namespace
}  // namespace strata::testing
