#include "storage/metadata/metadata_codec.h"

#include <string>

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

using namespace std::string_literals;

// These bytes are on people's disks: a change here is a new format version.
TEST(MetadataCodecTest, GoldenBytes) {
  EXPECT_EQ(EncodeRevisionKey(), "r");
  EXPECT_EQ(EncodeRevision(300), "\x01\xac\x02"s);
  EXPECT_EQ(EncodeMetadataKey("topic/orders"), "ktopic/orders");
  EXPECT_EQ(EncodeMetadataValue(7, "v\0w"s), "\x01\x07v\0w"s);
}

TEST(MetadataCodecTest, ReadsBackWhatWasWritten) {
  EXPECT_EQ(DecodeRevision(EncodeRevision(1LL << 40)), 1LL << 40);
  EXPECT_EQ(DecodeMetadataKey(EncodeMetadataKey("\xff\0k"s)), "\xff\0k"s);
  const auto entry = DecodeMetadataValue("k", EncodeMetadataValue(12345, "value"));
  ASSERT_TRUE(entry.has_value());
  EXPECT_EQ(entry->key, "k");
  EXPECT_EQ(entry->value, "value");
  EXPECT_EQ(entry->version, 12345);
  EXPECT_EQ(DecodeMetadataValue("k", EncodeMetadataValue(1, ""))->value, "");
}

TEST(MetadataCodecTest, RefusesDamage) {
  for (const std::string& bytes : {""s, "\x01"s, "\x02\x07v"s, "\x01\x80"s, "\x01\x00v"s,
                                   "\x01"s + std::string(9, '\xff') + "\x01"s}) {
    EXPECT_FALSE(DecodeMetadataValue("k", bytes).has_value());
    EXPECT_FALSE(DecodeRevision(bytes).has_value());
  }
  EXPECT_FALSE(DecodeRevision("\x01\x07x").has_value());
}

}  // namespace
}  // namespace strata::storage
