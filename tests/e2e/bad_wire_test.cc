// What a broken or hostile client may send: each is refused with its status and reason, nothing of
// it gets into the log, and the broker goes on serving.

#include <functional>

#include <gmock/gmock.h>

#include "proto/batch/batch_header.h"
#include "proto/batch/compression.h"
#include "proto/batch/crc32c.h"
#include "proto/batch/record_batch.h"
#include "strata/v1/admin.pb.h"
#include "strata/v1/data.grpc.pb.h"
#include "tests/e2e/support/e2e_test.h"
#include "tests/e2e/support/raw_client.h"

namespace strata::e2e {
namespace {

constexpr char kAppend[] = "/strata.v1.Data/Append";
constexpr char kRead[] = "/strata.v1.Data/Read";
// Positions in the batch header (proto/batch/FORMAT.md).
constexpr std::size_t kLengthAt = 8;
constexpr std::size_t kMagicAt = 16;
constexpr std::size_t kCrcAt = 17;
constexpr std::size_t kAttributesAt = 21;
constexpr std::size_t kLastOffsetDeltaAt = 23;
constexpr std::size_t kRecordCountAt = 57;

std::string GoodBatch(Compression compression = Compression::kNone, int records = 3) {
  RecordBatchBuilder builder(compression);
  for (int i = 0; i < records; ++i) builder.Add({.value = "value", .timestamp_ms = 1'000});
  return builder.Finish();
}

void SetInt32(std::string& bytes, std::size_t at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(value >> (24 - 8 * i));
}

// So that nothing but the damage is wrong.
std::string WithRightCrc(std::string batch) {
  SetInt32(batch, kCrcAt, Crc32c(std::string_view(batch).substr(kAttributesAt)));
  return batch;
}

// A batch of one record whose value inflates to `bytes`.
std::string Bomb(Compression compression, std::size_t bytes) {
  RecordBatchBuilder builder(compression);
  const std::string zeros(bytes, '\0');
  builder.Add({.value = zeros, .timestamp_ms = 1'000});
  return builder.Finish();
}

class BadWire : public E2eTest {
 protected:
  BadWire() { strata_.Expect({"topic", "create", "t"}); }

  RawAnswer Append(const v1::AppendRequest& request) {
    return client_.Call(kAppend, request.SerializeAsString());
  }
  RawAnswer AppendBatch(const std::string& batch) {
    v1::AppendRequest request;
    request.set_topic("t");
    request.set_partition(0);
    request.set_batch(batch);
    return Append(request);
  }
  void ExpectRefused(const RawAnswer& answer, grpc::StatusCode code, const std::string& reason) {
    EXPECT_EQ(answer.status.error_code(), code) << answer.status.error_message();
    EXPECT_EQ(answer.reason, reason) << answer.status.error_message();
    EXPECT_NE(answer.status.error_message(), "");
  }
  // Nothing was appended but what this appends, and the broker stops in good order.
  void TearDown() override {
    EXPECT_TRUE(AppendBatch(GoodBatch()).status.ok());
    EXPECT_EQ(strata_.Expect({"consume", "t", "--from", "beginning", "--exit-at-end"}),
              "value\nvalue\nvalue\n");
    EXPECT_EQ(broker_.Stop(), 0) << broker_.Log();
  }

  RawClient client_{broker_.address()};
};

TEST_F(BadWire, BytesThatAreNoMessage) {
  for (const std::string& bytes :
       {std::string("\xff\xff\xff\xff\xff"), std::string("\x0a\x7f"), std::string("\x0a"),
        std::string("\x07"), std::string("\x7a\xff\xff\xff\xff\x0f"), std::string(1000, '\xff'),
        std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")}) {
    ExpectRefused(client_.Call(kAppend, bytes), grpc::INVALID_ARGUMENT, "MALFORMED_REQUEST");
    ExpectRefused(client_.Call(kRead, bytes), grpc::INVALID_ARGUMENT, "MALFORMED_REQUEST");
  }
}

TEST_F(BadWire, AMessageCutAnywhere) {
  // Nothing but the cut keeps it from being appended.
  v1::AppendRequest request;
  request.set_topic("t");
  request.set_batch(GoodBatch());
  const std::string whole = request.SerializeAsString();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const RawAnswer answer = client_.Call(kAppend, std::string_view(whole).substr(0, size));
    EXPECT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT) << "cut at " << size;
  }
}

TEST_F(BadWire, ABatchCutAnywhere) {
  const std::string whole = GoodBatch();
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const RawAnswer answer = AppendBatch(whole.substr(0, size));
    EXPECT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT) << "cut at " << size;
  }
}

TEST_F(BadWire, ABatchWithAnyBitFlipped) {
  const std::string whole = GoodBatch();
  // What lies in front of the length, and the epoch behind it, is the broker's to write.
  for (std::size_t bit = kLengthAt * 8; bit < whole.size() * 8; ++bit) {
    if (bit / 8 >= 12 && bit / 8 < kMagicAt) continue;
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_EQ(AppendBatch(flipped).status.error_code(), grpc::INVALID_ARGUMENT) << "bit " << bit;
  }
}

TEST_F(BadWire, ABatchWithAWrongCrc) {
  std::string batch = GoodBatch();
  batch[kCrcAt] = static_cast<char>(~batch[kCrcAt]);
  ExpectRefused(AppendBatch(batch), grpc::INVALID_ARGUMENT, "CORRUPT_BATCH");
}

TEST_F(BadWire, ABatchWithAWrongCount) {
  for (const std::uint32_t count : {0U, 2U, 4U, 0x7fffffffU, 0xffffffffU}) {
    std::string batch = GoodBatch();
    SetInt32(batch, kRecordCountAt, count);
    ExpectRefused(AppendBatch(WithRightCrc(batch)), grpc::INVALID_ARGUMENT, "INVALID_BATCH");
    SetInt32(batch, kLastOffsetDeltaAt, count - 1);
    ExpectRefused(AppendBatch(WithRightCrc(batch)), grpc::INVALID_ARGUMENT, "INVALID_BATCH");
  }
}

TEST_F(BadWire, ABatchOfAnotherMagic) {
  for (const char magic : {'\0', '\1', '\3', '\x7f'}) {
    std::string batch = GoodBatch();
    batch[kMagicAt] = magic;
    ExpectRefused(AppendBatch(batch), grpc::INVALID_ARGUMENT, "UNSUPPORTED_BATCH");
  }
}

TEST_F(BadWire, ABatchOfAnUnknownCodec) {
  for (const char codec : {'\5', '\6', '\7'}) {
    std::string batch = GoodBatch();
    batch[kAttributesAt + 1] = codec;
    ExpectRefused(AppendBatch(WithRightCrc(batch)), grpc::INVALID_ARGUMENT, "UNSUPPORTED_BATCH");
  }
}

TEST_F(BadWire, ABatchThatIsNotCompressedAsItSays) {
  for (const char codec : {'\1', '\2', '\3', '\4'}) {
    std::string batch = GoodBatch();
    batch[kAttributesAt + 1] = codec;
    ExpectRefused(AppendBatch(WithRightCrc(batch)), grpc::INVALID_ARGUMENT, "INVALID_BATCH");
  }
}

TEST_F(BadWire, ABatchWithBytesBehindIt) {
  ExpectRefused(AppendBatch(GoodBatch() + "x"), grpc::INVALID_ARGUMENT, "INVALID_BATCH");
  ExpectRefused(AppendBatch(GoodBatch() + GoodBatch()), grpc::INVALID_ARGUMENT, "INVALID_BATCH");
}

TEST_F(BadWire, ABatchThatInflatesWithoutBound) {
  for (const Compression codec :
       {Compression::kGzip, Compression::kSnappy, Compression::kLz4, Compression::kZstd}) {
    const RawAnswer answer = AppendBatch(Bomb(codec, 200 << 20));
    EXPECT_FALSE(answer.status.ok()) << CompressionName(codec);
    EXPECT_NE(answer.reason, "") << CompressionName(codec);
  }
}

TEST_F(BadWire, AMessageBeyondTheLimit) {
  v1::AppendRequest request;
  request.set_topic("t");
  request.add_records()->set_value(std::string(200 << 20, 'x'));
  EXPECT_EQ(Append(request).status.error_code(), grpc::RESOURCE_EXHAUSTED);
}

struct BadAppend {
  const char* name;
  std::function<void(v1::AppendRequest&)> spoil;
  grpc::StatusCode code;
  const char* reason;
};

using Request = v1::AppendRequest;
const BadAppend kBadAppends[] = {
    {"no topic", [](Request& r) { r.clear_topic(); }, grpc::INVALID_ARGUMENT, "INVALID_TOPIC_NAME"},
    {"bad topic", [](Request& r) { r.set_topic("../t"); }, grpc::INVALID_ARGUMENT,
     "INVALID_TOPIC_NAME"},
    {"topic with NUL", [](Request& r) { r.set_topic(std::string("t\0", 2)); },
     grpc::INVALID_ARGUMENT, "INVALID_TOPIC_NAME"},
    {"unknown topic", [](Request& r) { r.set_topic("none"); }, grpc::NOT_FOUND, "UNKNOWN_TOPIC"},
    {"unknown partition", [](Request& r) { r.set_partition(1); }, grpc::NOT_FOUND,
     "UNKNOWN_PARTITION"},
    {"negative partition", [](Request& r) { r.set_partition(-1); }, grpc::NOT_FOUND,
     "UNKNOWN_PARTITION"},
    {"nothing to append", [](Request& r) { r.clear_records(); }, grpc::INVALID_ARGUMENT,
     "INVALID_ARGUMENT"},
    {"records and a batch", [](Request& r) { r.set_batch(GoodBatch()); }, grpc::INVALID_ARGUMENT,
     "INVALID_ARGUMENT"},
    {"negative timestamp", [](Request& r) { r.mutable_records(0)->set_timestamp_ms(-1); },
     grpc::INVALID_ARGUMENT, "INVALID_ARGUMENT"},
    {"unknown durability", [](Request& r) { r.set_durability(static_cast<v1::Durability>(99)); },
     grpc::INVALID_ARGUMENT, "INVALID_ARGUMENT"},
    {"record too large",
     [](Request& r) { r.mutable_records(0)->set_value(std::string(20 << 20, 'x')); },
     grpc::INVALID_ARGUMENT, "RECORD_TOO_LARGE"},
};

TEST_F(BadWire, ARequestThatContradictsItselfOrTheTopic) {
  for (const BadAppend& bad : kBadAppends) {
    SCOPED_TRACE(bad.name);
    v1::AppendRequest request;
    request.set_topic("t");
    request.add_records()->set_value("lost");
    bad.spoil(request);
    ExpectRefused(Append(request), bad.code, bad.reason);
  }
}

TEST_F(BadWire, ATopicThatCannotBe) {
  const auto create = [&](const std::string& name, int partitions) {
    v1::CreateTopicRequest request;
    request.set_name(name);
    request.set_partition_count(partitions);
    return client_.Call("/strata.v1.Admin/CreateTopic", request.SerializeAsString());
  };
  ExpectRefused(create("u", -1), grpc::INVALID_ARGUMENT, "INVALID_PARTITION_COUNT");
  ExpectRefused(create("u", 1'000'000), grpc::INVALID_ARGUMENT, "INVALID_PARTITION_COUNT");
  ExpectRefused(create(std::string("u\0", 2), 1), grpc::INVALID_ARGUMENT, "INVALID_TOPIC_NAME");
  ExpectRefused(create("../u", 1), grpc::INVALID_ARGUMENT, "INVALID_TOPIC_NAME");
  ExpectRefused(create("", 1), grpc::INVALID_ARGUMENT, "INVALID_TOPIC_NAME");
  EXPECT_EQ(strata_({"topic", "describe", "u"}).status, 1);
}

TEST_F(BadWire, AStreamAnswersABadRequestAndGoesOn) {
  auto stub = v1::Data::NewStub(client_.channel());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  auto stream = stub->AppendStream(&context);
  v1::AppendRequest request;
  request.set_topic("t");
  request.set_correlation_id(1);
  request.set_batch(GoodBatch() + "x");
  ASSERT_TRUE(stream->Write(request));
  v1::AppendResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.correlation_id(), 1U);
  EXPECT_EQ(response.error().reason(), "INVALID_BATCH");
  EXPECT_EQ(response.error().status_code(), grpc::INVALID_ARGUMENT);

  request.set_correlation_id(2);
  request.set_topic("none");
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.correlation_id(), 2U);
  EXPECT_EQ(response.error().reason(), "UNKNOWN_TOPIC");
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(BadWire, AReadFromNowhere) {
  const auto read = [&](const std::string& topic, int partition, std::int64_t offset) {
    v1::ReadRequest request;
    request.set_topic(topic);
    request.set_partition(partition);
    request.mutable_from()->set_offset(offset);
    return client_.Call(kRead, request.SerializeAsString());
  };
  ExpectRefused(read("none", 0, 0), grpc::NOT_FOUND, "UNKNOWN_TOPIC");
  ExpectRefused(read("t", 1, 0), grpc::NOT_FOUND, "UNKNOWN_PARTITION");
  ExpectRefused(read("t", -1, 0), grpc::NOT_FOUND, "UNKNOWN_PARTITION");
  ExpectRefused(read("t", 0, 1), grpc::OUT_OF_RANGE, "OFFSET_OUT_OF_RANGE");
  ExpectRefused(read("t", 0, 1LL << 62), grpc::OUT_OF_RANGE, "OFFSET_OUT_OF_RANGE");
  EXPECT_FALSE(read("t", 0, -1).status.ok());
}

}  // namespace
}  // namespace strata::e2e
