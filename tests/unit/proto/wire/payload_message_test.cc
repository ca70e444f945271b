#include "proto/wire/payload_message.h"

#include <random>
#include <string>

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "strata/v1/data.pb.h"
#include "tests/support/cut_bytes.h"

namespace strata {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::CutAt;
using testing::CutEvery;
using namespace std::string_view_literals;

constexpr std::uint32_t kBatch = v1::AppendRequest::kBatchFieldNumber;
constexpr std::uint32_t kBatches = v1::ReadResponse::kBatchesFieldNumber;

v1::AppendRequest Request(const std::string& batch) {
  v1::AppendRequest request;
  request.set_topic("orders");
  request.set_partition(0);
  request.set_durability(v1::DURABILITY_FSYNC);
  request.set_correlation_id(~std::uint64_t{0});
  if (!batch.empty()) request.set_batch(batch);
  return request;
}

v1::ReadResponse Response(const std::string& batches) {
  v1::ReadResponse response;
  response.set_log_start_offset(-1);
  response.set_stable_offset(1 << 20);
  response.set_next_offset(77);
  response.set_batches(batches);
  return response;
}

template <class Message>
Message Parsed(std::string_view bytes) {
  Message message;
  EXPECT_TRUE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return message;
}

void ExpectMalformed(std::string_view message) {
  const auto split = SplitPayload(message, kBatch);
  ASSERT_FALSE(split);
  EXPECT_EQ(split.error().code, ErrorCode::MALFORMED_REQUEST);
}

TEST(SplitPayload, TakesApartWhatProtobufWrote) {
  for (const std::size_t size : {1, 127, 128, 16383, 16384, 3 << 20}) {
    const std::string batch(size, 'b');
    const std::string bytes = Request(batch).SerializeAsString();
    const auto split = SplitPayload(bytes, kBatch);
    ASSERT_TRUE(split) << split.error().message;
    EXPECT_EQ(split->payload, batch);
    EXPECT_TRUE(MessageDifferencer::Equals(Parsed<v1::AppendRequest>(split->rest), Request("")));
  }
}

TEST(SplitPayload, DoesNotCopyThePayload) {
  const std::string bytes = Request("payload").SerializeAsString();
  const auto split = SplitPayload(bytes, kBatch);
  EXPECT_EQ(split->payload.data(), bytes.data() + bytes.size() - 7);
}

TEST(SplitPayload, LeavesAMessageWithoutPayloadAsItIs) {
  v1::AppendRequest request = Request("");
  for (int i = 0; i < 3; ++i) {
    v1::Record* record = request.add_records();
    record->set_value("v" + std::to_string(i));
    record->set_timestamp_ms(-1);
    record->add_headers()->set_name("h");
  }
  const std::string bytes = request.SerializeAsString();
  const auto split = SplitPayload(bytes, kBatch);
  ASSERT_TRUE(split);
  EXPECT_EQ(split->rest, bytes);
  EXPECT_TRUE(split->payload.empty());
}

TEST(SplitPayload, TakesAnEmptyMessage) {
  const auto split = SplitPayload("", kBatch);
  ASSERT_TRUE(split);
  EXPECT_TRUE(split->rest.empty());
  EXPECT_TRUE(split->payload.empty());
}

TEST(SplitPayload, FindsThePayloadInAnyPlaceAndKeepsTheLastOne) {
  const std::string first = PayloadPrefix(kBatch, 5) + "first";
  const std::string last = PayloadPrefix(kBatch, 4) + "last";
  v1::AppendRequest topic;
  topic.set_topic("t");
  v1::AppendRequest partition;
  partition.set_partition(3);
  const std::string bytes =
      first + topic.SerializeAsString() + last + partition.SerializeAsString();

  const auto split = SplitPayload(bytes, kBatch);
  ASSERT_TRUE(split);
  EXPECT_EQ(split->payload, "last");
  EXPECT_EQ(split->payload, Parsed<v1::AppendRequest>(bytes).batch());
  EXPECT_EQ(split->rest, topic.SerializeAsString() + partition.SerializeAsString());
}

TEST(SplitPayload, KeepsUnknownFieldsOfEveryKindInTheRest) {
  v1::AppendRequest request = Request("payload");
  auto* unknown = request.GetReflection()->MutableUnknownFields(&request);
  unknown->AddVarint(100, ~std::uint64_t{0});
  unknown->AddFixed32(101, 1);
  unknown->AddFixed64(102, 2);
  unknown->AddLengthDelimited(103, "unknown");
  auto* group = unknown->AddGroup(104);
  group->AddVarint(15, 5);
  group->AddGroup(105)->AddLengthDelimited(15, "not the payload");
  unknown->AddVarint((1 << 29) - 1, 7);

  const std::string bytes = request.SerializeAsString();
  const auto split = SplitPayload(bytes, kBatch);
  ASSERT_TRUE(split) << split.error().message;
  EXPECT_EQ(split->payload, "payload");
  request.clear_batch();
  EXPECT_EQ(split->rest, request.SerializeAsString());
}

TEST(SplitPayload, RefusesFieldNumberZero) {
  ExpectMalformed("\x00\x01"sv);
  ExpectMalformed("\x02\x00"sv);
}

TEST(SplitPayload, RefusesThePayloadUnderAnotherWireType) {
  ExpectMalformed("\x78\x01"sv);
  ExpectMalformed(
      "\x79"
      "12345678"sv);
  ExpectMalformed("\x7b\x7c"sv);
  ExpectMalformed(
      "\x7d"
      "1234"sv);
}

TEST(SplitPayload, RefusesUnknownWireTypes) {
  ExpectMalformed("\x0e\x01"sv);
  ExpectMalformed("\x0f\x01"sv);
}

TEST(SplitPayload, RefusesVarintsThatAreCutOffOrTooLong) {
  ExpectMalformed("\x80"sv);
  ExpectMalformed("\x10"sv);
  ExpectMalformed("\x10\xff"sv);
  ExpectMalformed("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv);
  ExpectMalformed("\x90\x80\x80\x80\x80\x00\x01"sv);
  ExpectMalformed("\xff\xff\xff\xff\x7f\x01"sv);
}

TEST(SplitPayload, RefusesLengthsBeyondTheMessage) {
  ExpectMalformed(
      "\x7a\x05"
      "1234"sv);
  ExpectMalformed(
      "\x0a\x05"
      "1234"sv);
  ExpectMalformed("\x7a\xff\xff\xff\xff\x0f"sv);
  ExpectMalformed("\x7a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv);
  ExpectMalformed(
      "\x79"
      "1234567"sv);
  ExpectMalformed(
      "\x15"
      "123"sv);
}

TEST(SplitPayload, RefusesGroupsThatDoNotCloseAsTheyOpened) {
  ExpectMalformed("\x0b"sv);
  ExpectMalformed("\x0b\x14"sv);
  ExpectMalformed("\x0c"sv);
  ExpectMalformed("\x0b\x13\x0c\x14"sv);
  EXPECT_TRUE(SplitPayload("\x0b\x13\x14\x0c"sv, kBatch));
}

TEST(SplitPayload, RefusesGroupsNestedWithoutEnd) {
  const auto nested = [](int depth) {
    return std::string(depth, '\x0b') + std::string(depth, '\x0c');
  };
  EXPECT_TRUE(SplitPayload(nested(100), kBatch));
  ExpectMalformed(nested(101));
  ExpectMalformed(nested(1'000'000));
}

TEST(SplitPayload, RefusesEveryPrefixThatEndsWithinAField) {
  const std::string bytes = Request("payload").SerializeAsString();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::string_view prefix = std::string_view(bytes).substr(0, length);
    v1::AppendRequest parsed;
    const bool whole = parsed.ParseFromArray(prefix.data(), static_cast<int>(length));
    EXPECT_EQ(SplitPayload(prefix, kBatch).has_value(), whole) << length;
  }
}

// Whatever protobuf takes as a request is split into parts that give the same request.
TEST(SplitPayload, AgreesWithProtobufOnDamagedMessages) {
  const google::protobuf::LogSilencer silencer;  // of complaints about topics that are not UTF-8
  std::mt19937 random(7);
  const std::string sound = Request("payload").SerializeAsString();
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = sound;
    for (int flips = 0; flips < 2; ++flips) {
      bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
    }
    v1::AppendRequest whole;
    const bool parsed = whole.ParseFromString(bytes);
    const auto split = SplitPayload(bytes, kBatch);
    if (!split || !parsed) continue;
    ++accepted;
    v1::AppendRequest joined = Parsed<v1::AppendRequest>(split->rest);
    joined.set_batch(std::string(split->payload));
    EXPECT_TRUE(MessageDifferencer::Equals(joined, whole));
  }
  EXPECT_GT(accepted, 1000);
}

TEST(PayloadPrefix, MakesWithItsPayloadWhatProtobufReads) {
  for (const std::size_t size : {0, 1, 127, 128, 16383, 16384, 3 << 20}) {
    const std::string batches(size, 'x');
    const std::string bytes =
        Response("").SerializeAsString() + PayloadPrefix(kBatches, size) + batches;
    EXPECT_TRUE(MessageDifferencer::Equals(Parsed<v1::ReadResponse>(bytes), Response(batches)));
  }
}

TEST(PayloadPrefix, MakesByteForByteWhatProtobufWrites) {
  const std::string batches(1000, 'x');
  EXPECT_EQ(Response("").SerializeAsString() + PayloadPrefix(kBatches, 1000) + batches,
            Response(batches).SerializeAsString());
}

TEST(PayloadPrefix, TakesFieldNumbersOfSeveralBytes) {
  EXPECT_EQ(PayloadPrefix(16, 0), "\x82\x01\x00"sv);
  EXPECT_EQ(PayloadPrefix((1 << 29) - 1, 1), "\xfa\xff\xff\xff\x0f\x01"sv);
}

void ExpectTheSameHoweverCut(std::string_view message) {
  const auto whole = SplitPayload(message, kBatch);
  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    const auto split = SplitPayload(CutAt(message, {cut}), kBatch);
    ASSERT_EQ(split.has_value(), whole.has_value()) << cut;
    if (!split) continue;
    ASSERT_EQ(split->rest, whole->rest) << cut;
    ASSERT_EQ(split->rest_fields, whole->rest_fields) << cut;
    ASSERT_EQ(Joined(split->payload).view(), whole->payload) << cut;
    ASSERT_EQ(split->payload.empty(), whole->payload.empty()) << cut;
  }
}

TEST(SplitPayload, TakesFragmentsWhereverTheyAreCut) {
  const std::string with = Request("payload").SerializeAsString();
  const std::string without = Request("").SerializeAsString();
  for (const std::string& message : {with, without, with + without, with + with, std::string(),
                                     with.substr(0, with.size() - 1), with + "\x7a"}) {
    ExpectTheSameHoweverCut(message);
  }
}

TEST(SplitPayload, SharesTheFragmentsOfAPayloadThatEndsTheMessage) {
  const std::string bytes = Request(std::string(1'000, 'p')).SerializeAsString();
  const Fragments message = CutEvery(300, bytes);
  const auto split = SplitPayload(message, kBatch);
  ASSERT_TRUE(split);
  ASSERT_EQ(split->payload.size(), message.size());
  EXPECT_EQ(split->payload.back().view().data(), message.back().view().data());
}

TEST(SplitPayload, AgreesWithItselfOnDamagedFragments) {
  std::mt19937 random(20260419);
  const std::string sound = Request("payload").SerializeAsString();
  for (int i = 0; i < 1'000; ++i) {
    std::string bytes = sound;
    bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
    ExpectTheSameHoweverCut(bytes);
  }
}

}  // namespace
}  // namespace strata
