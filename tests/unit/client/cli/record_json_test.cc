#include "client/cli/record_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace strata::cli {
namespace {

nlohmann::json Written(const RecordView& record) {
  std::string line;
  WriteJson("orders", 2, record, &line);
  EXPECT_EQ(line.find('\n'), line.size() - 1) << "one object for each line";
  return nlohmann::json::parse(line);
}

TEST(RecordJson, HoldsEverything) {
  const auto json = Written({.key = "k",
                             .value = "line\nbreak \"quoted\" \xc3\xa9",
                             .headers = {{"h", "1"}},
                             .timestamp_ms = 5,
                             .offset = 7});
  EXPECT_EQ(json["topic"], "orders");
  EXPECT_EQ(json["partition"], 2);
  EXPECT_EQ(json["offset"], 7);
  EXPECT_EQ(json["timestamp_ms"], 5);
  EXPECT_EQ(json["key"], "k");
  EXPECT_EQ(json["value"], "line\nbreak \"quoted\" \xc3\xa9");
  EXPECT_EQ(json["headers"], nlohmann::json::parse(R"([{"name": "h", "value": "1"}])"));
}

TEST(RecordJson, WhatIsAbsentIsNullAndNotEmpty) {
  const auto json = Written({.value = "", .headers = {{"h", std::nullopt}}});
  EXPECT_TRUE(json["key"].is_null());
  EXPECT_EQ(json["value"], "");
  EXPECT_TRUE(json["headers"][0]["value"].is_null());
}

TEST(RecordJson, BytesThatAreNotUtf8GoAsBase64) {
  const auto json = Written(
      {.key = "\xff", .value = std::string_view("\x00\xfe\xfd", 3), .headers = {{"h", "\x80"}}});
  EXPECT_FALSE(json.contains("key"));
  EXPECT_FALSE(json.contains("value"));
  EXPECT_EQ(json["key_base64"], "/w==");
  EXPECT_EQ(json["value_base64"], "AP79");
  EXPECT_EQ(json["headers"][0]["value_base64"], "gA==");
}

}  // namespace
}  // namespace strata::cli
