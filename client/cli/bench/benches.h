// The measurements behind the commands of `strata bench`. Each prints its summary and returns; when
// it is interrupted, with what it has got so far. CANCELLED: that is nothing.
#pragma once

#include "client/cli/bench/bench_options.h"
#include "client/cli/context.h"

namespace strata::cli {

// How fast records are acknowledged.
Result<void> BenchProduce(const Context& context, const BenchOptions& options);

// How fast what is there already is read. OFFSET_OUT_OF_RANGE: it is less than was asked for.
Result<void> BenchConsume(const Context& context, const BenchOptions& options);

// How fast records reach the members of one group, or of many; with a rate also how long each takes
// from when it is due.
Result<void> BenchDelivery(const Context& context, const BenchOptions& options);

}  // namespace strata::cli
