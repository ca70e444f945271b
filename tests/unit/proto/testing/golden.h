// The golden batches of tests/unit/proto/golden, and the records that they hold.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proto/batch/record.h"

namespace strata::testing {

// The content of a file of the source tree; fails the test if it cannot be read.
std::string ReadSourceFile(std::string_view path);

// Bytes from hex digits; white space is skipped.
std::string FromHex(std::string_view text);

// The bytes of golden/<name>.hex.
std::string Golden(std::string_view name);

// What make_golden.py put into the batches of the same names. Views into literals.
std::vector<RecordView> WorkedExampleRecords();
std::vector<RecordView> AllShapesRecords();

}  // namespace strata::testing
