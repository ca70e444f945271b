#include "broker/producers/producer_record.h"

#include <gtest/gtest.h>

namespace strata::broker {
namespace {

const std::string kKey = ProducerKey("orders-1");

TEST(ProducerRecord, IsAsThePageShowsIt) {
  EXPECT_EQ(kKey, "producer/name/orders-1");
  const ProducerRecord record{"orders-1", 7, 3, std::nullopt, 1'700'000'000'000};
  const std::string text =
      R"({"epoch":3,"id":7,"initialized_at_ms":1700000000000,"name":"orders-1","version":1})";
  EXPECT_EQ(EncodeProducerRecord(record), text);
  EXPECT_EQ(DecodeProducerRecord(kKey, text).value(), record);
}

TEST(ProducerRecord, ARetiredIdIsKept) {
  const ProducerRecord record{"orders-1", 8, 0, 7, 1};
  EXPECT_EQ(DecodeProducerRecord(kKey, EncodeProducerRecord(record)).value(), record);
}

TEST(ProducerRecord, DamageIsNamed) {
  for (const char* const bad :
       {"", "[]", "{}", R"({"epoch":3,"id":7,"initialized_at_ms":1,"version":1})",
        R"({"epoch":32768,"id":7,"initialized_at_ms":1,"name":"n","version":1})",
        R"({"epoch":-1,"id":7,"initialized_at_ms":1,"name":"n","version":1})",
        R"({"epoch":3,"id":"7","initialized_at_ms":1,"name":"n","version":1})"}) {
    const auto decoded = DecodeProducerRecord(kKey, bad);
    ASSERT_FALSE(decoded.has_value()) << bad;
    EXPECT_EQ(decoded.error().code, ErrorCode::CORRUPT_LOG);
    EXPECT_NE(decoded.error().message.find(kKey), std::string::npos);
  }
}

TEST(ProducerRecord, ANewerVersionIsNotGuessedAt) {
  EXPECT_EQ(DecodeProducerRecord(kKey, R"({"version":2})").error().code,
            ErrorCode::DATA_DIR_NEWER_FORMAT);
}

}  // namespace
}  // namespace strata::broker
