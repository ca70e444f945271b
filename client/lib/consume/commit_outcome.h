// What is known of a commit that has failed.
//
// UNAVAILABLE, TIMEOUT, CANCELLED and SHUTTING_DOWN leave open whether it was made. Every other
// error says that something of it was not. Pure.
#pragma once

#include "proto/base/error.h"

namespace strata {

// What the end of a stream says of the commits that it has left without an answer. NO_PROGRESS and
// INSTANCE_REPLACED: the broker has made none of them. Anything else leaves them open.
Error OfCommitsUnderWay(const Error& end);

// Makes one result of those of two parts of a commit: the one that says least of what was made.
// That partitions were lost (STALE_GENERATION, NOT_ASSIGNED) says that the rest was made.
void KeepWorse(Result<void> part, Result<void>* whole);

}  // namespace strata
