#include "client/cli/record_format.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace strata::cli {
namespace {

constexpr std::string_view kFields = "sSkKoptTh";

// What stands behind a backslash, cut off from the front of `text`.
Result<char> TakeEscape(std::string_view& text) {
  const char letter = text.empty() ? '\0' : text.front();
  if (!text.empty()) text.remove_prefix(1);
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '\\':
      return '\\';
    case '0':
      return '\0';
    case 'x': {
      unsigned value = 0;
      const std::string_view digits = text.substr(0, 2);
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (error != std::errc() || end != digits.data() + 2) break;
      text.remove_prefix(2);
      return static_cast<char>(value);
    }
    default:
      break;
  }
  return Fail(ErrorCode::INVALID_ARGUMENT,
              letter == '\0'
                  ? std::string("a backslash stands at the end")
                  : fmt::format("'\\{}' is not one of \\n \\r \\t \\\\ \\0 \\xNN", letter));
}

void AppendNumber(std::int64_t number, std::string* out) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  out->append(digits, end);
}

void AppendLength(const std::optional<std::string_view>& bytes, std::string* out) {
  AppendNumber(bytes ? static_cast<std::int64_t>(bytes->size()) : -1, out);
}

void AppendHeaders(const std::vector<HeaderView>& headers, std::string* out) {
  bool first = true;
  for (const HeaderView& header : headers) {
    if (!first) *out += ',';
    first = false;
    *out += header.name;
    *out += '=';
    *out += header.value.value_or("");
  }
}

}  // namespace

Result<RecordFormat> RecordFormat::Parse(std::string_view format) {
  RecordFormat parsed;
  while (!format.empty()) {
    const std::size_t plain = std::min(format.find_first_of("%\\"), format.size());
    parsed.Literal(format.substr(0, plain));
    format.remove_prefix(plain);
    if (format.empty()) break;
    const bool is_escape = format.front() == '\\';
    format.remove_prefix(1);
    if (is_escape) {
      STRATA_TRY_ASSIGN(const char character, TakeEscape(format));
      parsed.Literal(std::string_view(&character, 1));
      continue;
    }
    if (format.empty()) {
      return Fail(ErrorCode::INVALID_ARGUMENT, "a percent sign stands at the end; write %%");
    }
    const char field = format.front();
    format.remove_prefix(1);
    if (field == '%') {
      parsed.Literal("%");
    } else if (kFields.find(field) != std::string_view::npos) {
      parsed.pieces_.push_back({.field = field, .text = {}});
    } else {
      return Fail(ErrorCode::INVALID_ARGUMENT,
                  fmt::format("'%{}' is not one of %s %S %k %K %o %p %t %T %h %%", field));
    }
  }
  return parsed;
}

void RecordFormat::Literal(std::string_view text) {
  if (text.empty()) return;
  if (pieces_.empty() || pieces_.back().field != 0) pieces_.emplace_back();
  pieces_.back().text += text;
}

void RecordFormat::Write(std::string_view topic, std::int32_t partition, const RecordView& record,
                         std::string* out) const {
  for (const Piece& piece : pieces_) {
    switch (piece.field) {
      case 's':
        *out += record.value.value_or("");
        break;
      case 'S':
        AppendLength(record.value, out);
        break;
      case 'k':
        *out += record.key.value_or("");
        break;
      case 'K':
        AppendLength(record.key, out);
        break;
      case 'o':
        AppendNumber(record.offset, out);
        break;
      case 'p':
        AppendNumber(partition, out);
        break;
      case 't':
        *out += topic;
        break;
      case 'T':
        AppendNumber(record.timestamp_ms, out);
        break;
      case 'h':
        AppendHeaders(record.headers, out);
        break;
      default:
        *out += piece.text;
    }
  }
}

Result<std::string> Unescape(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const char character = text.front();
    text.remove_prefix(1);
    if (character != '\\') {
      plain += character;
      continue;
    }
    STRATA_TRY_ASSIGN(const char escaped, TakeEscape(text));
    plain += escaped;
  }
  return plain;
}

}  // namespace strata::cli
