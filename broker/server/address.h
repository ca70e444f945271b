// HOST:PORT, as BrokerConfig keeps it.
//
// Threads: any.
#pragma once

#include <string>
#include <string_view>

#include "proto/base/error.h"

namespace strata::broker {

struct HostPort {
  std::string host;  // without brackets
  int port = 0;
};

// `address` has passed ParseAddress.
HostPort SplitAddress(std::string_view address);

// The same host with another port.
std::string WithPort(std::string_view address, int port);

// Whether only this machine can reach the address: "localhost", 127.0.0.0/8 and ::1.
bool IsLoopback(std::string_view address);

// Whether a server could listen there, tried by doing it for a moment: gRPC itself does not tell
// why it could not. ADDRESS_UNUSABLE: no such host, the port is taken, or it is not allowed; the
// message has the system's words.
Result<void> CheckCanListen(std::string_view address);

// Opens a connection to an address of this machine and closes it, to wake up who listens there.
void TouchAddress(std::string_view address);

}  // namespace strata::broker
