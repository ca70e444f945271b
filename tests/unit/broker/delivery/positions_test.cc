#include "broker/delivery/positions.h"

#include <gtest/gtest.h>

#include "strata/v1/types.pb.h"
#include "tests/support/group_fixture.h"

namespace strata::broker {
namespace {

// Offsets 0 to 9 at 1000 to 1009 ms, and 10 to 19 at 5000 to 5009 ms.
class ResolvePositionTest : public testing::GroupFixture {
 protected:
  ResolvePositionTest() {
    MakeTopic(1, 1);
    AppendAt(1'000);
    AppendAt(5'000);
  }

  void AppendAt(TimestampMs first) {
    const std::string batch = testing::NumberedBatch("v", 10, first);
    logs_.Append({1, 0}, *ParseBatchHeader(batch), {SharedBytes::FromString(batch)},
                 Durability::kFsync, [](auto result) { EXPECT_TRUE(result); });
    logs_.DrainCallbacks();
  }

  Result<Offset> AtOffset(Offset offset) {
    v1::Position position;
    position.set_offset(offset);
    return ResolvePosition(logs_, {1, 0}, position);
  }
  Result<Offset> AtTime(TimestampMs time) {
    v1::Position position;
    position.set_timestamp_ms(time);
    return ResolvePosition(logs_, {1, 0}, position);
  }
  Result<Offset> AtEdge(v1::Position::Edge edge) {
    v1::Position position;
    position.set_edge(edge);
    return ResolvePosition(logs_, {1, 0}, position);
  }
};

TEST_F(ResolvePositionTest, APositionThatNamesNothingIsTheBeginning) {
  EXPECT_EQ(ResolvePosition(logs_, {1, 0}, v1::Position()), 0);
}

TEST_F(ResolvePositionTest, OnlyTheLogStartIsTheBeginning) {
  v1::Position position;
  EXPECT_TRUE(IsBeginning(position));
  position.set_edge(v1::Position::EDGE_UNSPECIFIED);
  EXPECT_TRUE(IsBeginning(position));
  position.set_edge(v1::Position::EDGE_BEGINNING);
  EXPECT_TRUE(IsBeginning(position));
  position.set_edge(v1::Position::EDGE_END);
  EXPECT_FALSE(IsBeginning(position));
  position.set_edge(static_cast<v1::Position::Edge>(7));
  EXPECT_FALSE(IsBeginning(position)) << "it is refused";
  position.set_offset(0);
  EXPECT_FALSE(IsBeginning(position)) << "the log start may be another one";
  position.set_timestamp_ms(0);
  EXPECT_FALSE(IsBeginning(position));
}

TEST_F(ResolvePositionTest, KnowsTheEdges) {
  EXPECT_EQ(AtEdge(v1::Position::EDGE_BEGINNING), 0);
  EXPECT_EQ(AtEdge(v1::Position::EDGE_END), 20);
}

TEST_F(ResolvePositionTest, TakesOffsetsUpToTheEndAndNamesTheBoundsOtherwise) {
  EXPECT_EQ(AtOffset(0), 0);
  EXPECT_EQ(AtOffset(20), 20);
  for (Offset offset : {Offset{-1}, Offset{21}, std::numeric_limits<Offset>::max()}) {
    const auto resolved = AtOffset(offset);
    ASSERT_FALSE(resolved) << offset;
    EXPECT_EQ(resolved.error().code, ErrorCode::OFFSET_OUT_OF_RANGE);
    EXPECT_NE(resolved.error().message.find("ends at 20"), std::string::npos);
  }
}

TEST_F(ResolvePositionTest, FindsTheFirstRecordAtOrAfterATime) {
  EXPECT_EQ(AtTime(0), 0);
  EXPECT_EQ(AtTime(1'004), 4);
  EXPECT_EQ(AtTime(1'010), 10);
  EXPECT_EQ(AtTime(5'009), 19);
  EXPECT_EQ(AtTime(5'010), 20) << "nothing is that young: the end";
}

TEST_F(ResolvePositionTest, RefusesAnEdgeThatDoesNotExist) {
  EXPECT_EQ(AtEdge(static_cast<v1::Position::Edge>(7)).error().code, ErrorCode::INVALID_ARGUMENT);
}

TEST_F(ResolvePositionTest, KnowsWhenARecordWasMade) {
  EXPECT_EQ(TimestampAt(logs_, {1, 0}, 4).value(), 1'004);
  EXPECT_EQ(TimestampAt(logs_, {1, 0}, 20).value(), std::nullopt);
}

TEST_F(ResolvePositionTest, RefusesANegativeTime) {
  EXPECT_EQ(AtTime(-1).error().code, ErrorCode::INVALID_ARGUMENT);
}

TEST_F(ResolvePositionTest, RefusesAPartitionThatIsNotThere) {
  EXPECT_EQ(ResolvePosition(logs_, {9, 0}, v1::Position()).error().code,
            ErrorCode::UNKNOWN_PARTITION);
}

}  // namespace
}  // namespace strata::broker
