// The server's side of the bare gRPC streams: takes messages and forgets them, or sends one message
// over and over.
#pragma once

#include <string>

namespace strata::compare {

constexpr char kTakeMethod[] = "/strata.bench.Limit/Take";
constexpr char kGiveMethod[] = "/strata.bench.Limit/Give";

// Take: every message is answered, or several by one answer: how many came so far, in decimal.
// Give: the client asks once, "COUNT VALUE_BYTES", and gets COUNT messages of the shape that such
// values have on their way to a reader.
// Does not return. std::runtime_error if the address cannot be had.
[[noreturn]] void ServeStreams(const std::string& address);

}  // namespace strata::compare
