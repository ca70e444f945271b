#include "proto/base/utf8.h"

#include <string>

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(Utf8, TakesEveryLengthOfCharacterAtItsBorders) {
  for (const char* text :
       {"", "plain", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "grün ключ 鍵 🔑"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  EXPECT_TRUE(IsUtf8(std::string(3, '\0')));
}

TEST(Utf8, RefusesOverlongForms) {
  for (const char* text : {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(Utf8, RefusesSurrogatesAndWhatLiesBeyondUnicode) {
  for (const char* text :
       {"\xed\xa0\x80", "\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(Utf8, RefusesCharactersThatAreCutOffOrInterrupted) {
  for (const char* text : {"\x80", "a\xc3", "\xe2\x82", "\xf0\x9f\x94", "\xc3z", "\xe2\x82z",
                           "\xf0\x9f\x94z", "\xf0z"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

}  // namespace
}  // namespace strata
