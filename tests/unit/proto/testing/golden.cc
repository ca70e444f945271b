#include "tests/unit/proto/testing/golden.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include <gtest/gtest.h>

namespace strata::testing {
namespace {

using namespace std::string_view_literals;

const std::string kLongKey(64, 'k');
const std::string kLongValue(300, 'v');

}  // namespace

std::string ReadSourceFile(std::string_view path) {
  std::ifstream file(std::string(STRATA_SOURCE_DIR "/").append(path));
  EXPECT_TRUE(file) << "cannot open " << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string FromHex(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::string bytes;
  std::string word;
  while (words >> word) bytes.push_back(static_cast<char>(std::stoi(word, nullptr, 16)));
  return bytes;
}

std::string Golden(std::string_view name) {
  const std::string file =
      ReadSourceFile(std::string("tests/unit/proto/golden/").append(name).append(".hex"));
  return FromHex(std::string_view(file).substr(file.find('\n')));  // behind the comment
}

std::vector<RecordView> WorkedExampleRecords() {
  return {
      {.key = "apt", .value = "installed", .headers = {}, .timestamp_ms = 1700000000000},
      {.key = "vim",
       .value = std::nullopt,
       .headers = {{"by", "root"}, {"why", std::nullopt}},
       .timestamp_ms = 1700000000250},
  };
}

std::vector<RecordView> AllShapesRecords() {
  const auto none = std::nullopt;
  return {
      {"key", "value", {}, 1700000000000},
      {none, "no key", {}, 1700000000001},
      {"tombstone", none, {}, 1700000000001},
      {none, none, {}, 1700000000000},
      {"", "", {}, 1699999999000},
      {kLongKey, kLongValue, {}, 1700000090000},
      {"h", "x", {{"trace", "\0\1\xfe\xff"sv}, {"trace", ""}, {"none", none}}, 1700000000002},
      {"ключ", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv, {{"имя", "v"}, {"", ""}}, 1700000000003},
      {"last", "ababababababababab", {{"repeats", "1234567812345678"}}, 1700000000004},
  };
}

}  // namespace strata::testing
