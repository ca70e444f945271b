// How consume writes a record: a format as in kcat
// (https://github.com/edenhill/kcat, option -f).
//
//   %s value  %S its length      %k key  %K its length      (-1 where there is none)
//   %o offset  %p partition  %t topic  %T timestamp (Unix milliseconds)  %h headers
//   (name=value,...)
//   %% a percent sign; \n \r \t \\ \0 and \xNN as in C
//
// Constant after parsing; use it from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/base/error.h"
#include "proto/batch/record.h"

namespace strata::cli {

class RecordFormat {
 public:
  // INVALID_ARGUMENT names what it does not understand.
  static Result<RecordFormat> Parse(std::string_view format);

  // Appends the record to `*out`, byte for byte.
  void Write(std::string_view topic, std::int32_t partition, const RecordView& record,
             std::string* out) const;

 private:
  struct Piece {
    char field = 0;    // 0: the literal
    std::string text;  // literal
  };
  void Literal(std::string_view text);

  std::vector<Piece> pieces_;
};

// "\t" and the like, as above, made into what they stand for. INVALID_ARGUMENT.
Result<std::string> Unescape(std::string_view text);

}  // namespace strata::cli
