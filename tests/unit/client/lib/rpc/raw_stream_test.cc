#include "client/lib/rpc/raw_stream.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "client/lib/rpc/buffers.h"
#include "client/lib/rpc/connection_impl.h"
#include "strata/v1/data.pb.h"
#include "tests/unit/client/support/fake_broker.h"

namespace strata {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Somebody else asks for more while a message is being handled. The next message must wait all the
// same: on its own thread it could be handed on before this one.
TEST(RawStream, HandlesOneMessageAtATimeWhoeverAsksForMore) {
  testing::FakeBroker broker;
  broker.log().AddTopic("t", 1);
  broker.log().Append("t", 0, testing::EncodeBatch({"a"}));
  const auto connection = broker.Connect();

  std::promise<RawStream*> started;
  auto stream_started = started.get_future().share();
  std::promise<void> second;
  auto second_came = second.get_future().share();
  std::atomic<int> messages = 0;
  std::atomic<bool> overtaken = false;
  const auto handle = [&](const grpc::ByteBuffer&) {
    const int number = ++messages;
    if (number == 2) second.set_value();
    if (number != 1) return false;
    stream_started.get()->ReadNext();
    broker.log().Append("t", 0, testing::EncodeBatch({"b"}));
    overtaken = second_came.wait_for(milliseconds(300)) == std::future_status::ready;
    return false;
  };
  auto stream = RawStream::Start(connection->impl().channel, "/strata.v1.Data/ReadStream",
                                 {.message = handle, .closed = [](const auto&) {}});
  started.set_value(stream.get());
  v1::ReadRequest request;
  request.set_topic("t");
  request.set_encoding(v1::ENCODING_BATCHES);
  stream->Write(ToBuffer(request));
  stream->WritesDone();

  EXPECT_EQ(second_came.wait_for(seconds(20)), std::future_status::ready)
      << "what was asked for while the first message was handled is not forgotten";
  stream.reset();
  EXPECT_FALSE(overtaken);
}

}  // namespace
}  // namespace strata
