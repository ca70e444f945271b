#include "storage/io/fragment_cursor.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace strata::storage {
namespace {

// Plays a disk that takes at most `bytes_per_call` bytes of at most `pieces_per_call` pieces.
std::string WriteAll(const std::vector<std::string_view>& fragments, std::size_t pieces_per_call,
                     std::size_t bytes_per_call) {
  std::string disk;
  std::vector<iovec> pieces(pieces_per_call);
  FragmentCursor cursor(fragments);
  while (!cursor.done()) {
    const std::size_t used = cursor.Fill(pieces);
    std::size_t room = bytes_per_call;
    std::size_t taken = 0;
    for (std::size_t i = 0; i < used && room > 0; ++i) {
      const std::size_t count = std::min(room, pieces[i].iov_len);
      disk.append(static_cast<const char*>(pieces[i].iov_base), count);
      room -= count;
      taken += count;
    }
    cursor.Advance(taken);
  }
  return disk;
}

TEST(FragmentCursorTest, NothingToWriteIsDoneAtOnce) {
  EXPECT_TRUE(FragmentCursor({}).done());
  const std::array<std::string_view, 2> empty = {"", ""};
  EXPECT_TRUE(FragmentCursor(empty).done());
}

TEST(FragmentCursorTest, WritesEveryByteOnceInOrderWhateverEachCallTakes) {
  const std::vector<std::string_view> fragments = {"", "strata", "", "a", "record batch", "", "z"};
  for (std::size_t pieces = 1; pieces <= 8; ++pieces) {
    for (std::size_t bytes = 1; bytes <= 21; ++bytes) {
      EXPECT_EQ(WriteAll(fragments, pieces, bytes), "strataarecord batchz")
          << pieces << " pieces, " << bytes << " bytes";
    }
  }
}

TEST(FragmentCursorTest, NeverFillsAnEmptyPiece) {
  const std::array<std::string_view, 4> fragments = {"", "ab", "", "cd"};
  FragmentCursor cursor(fragments);
  std::array<iovec, 4> pieces;
  ASSERT_EQ(cursor.Fill(pieces), 2u);
  cursor.Advance(2);
  ASSERT_EQ(cursor.Fill(pieces), 1u);
  EXPECT_EQ(std::string_view(static_cast<char*>(pieces[0].iov_base), pieces[0].iov_len), "cd");
}

}  // namespace
}  // namespace strata::storage
