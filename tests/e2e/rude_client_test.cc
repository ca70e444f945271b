// Clients that break off at the worst moments, and a stop in the middle of work.

#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <vector>

#include "strata/v1/data.grpc.pb.h"
#include "strata/v1/groups.grpc.pb.h"
#include "tests/e2e/support/e2e_test.h"
#include "tests/e2e/support/raw_client.h"

namespace strata::e2e {
namespace {

using Clock = std::chrono::steady_clock;

// Keeps the thread for a time that is too short to sleep.
void Spin(std::chrono::microseconds time) {
  const auto end = Clock::now() + time;
  while (Clock::now() < end) {
  }
}

class RudeClient : public E2eTest {
 protected:
  RudeClient() { strata_.Expect({"topic", "create", "t", "--partitions", "3"}); }

  // Runs `work` on some threads at once, each with its number.
  static void OnThreads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(RudeClient, MembersThatBreakOffWhileTheyJoinDoNoHarm) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  OnThreads(4, [&](int number) {
    std::mt19937 random(seed + static_cast<unsigned>(number));
    RawClient client(broker_.address());
    const auto stub = v1::Groups::NewStub(client.channel());
    v1::ConsumeRequest join;
    join.mutable_join()->set_group("g");
    join.mutable_join()->add_topics("t");
    for (int i = 0; i < 250; ++i) {
      grpc::ClientContext context;
      auto stream = stub->Consume(&context);
      stream->Write(join);
      Spin(std::chrono::microseconds(random() % 3000));
      context.TryCancel();
      stream->Finish();
    }
  });
  EXPECT_EQ(strata_({"group", "describe", "g"}).status, 0) << broker_.Log();
  EXPECT_EQ(broker_.Stop(), 0) << broker_.Log();
}

TEST_F(RudeClient, AStopBesideBusyProducersIsClean) {
  std::atomic<int> answers = 0;
  std::thread stopper([&] {
    while (answers < 200) std::this_thread::yield();
    EXPECT_EQ(broker_.Stop(), 0) << broker_.Log();
  });
  OnThreads(6, [&](int number) {
    RawClient client(broker_.address());
    const auto stub = v1::Data::NewStub(client.channel());
    grpc::ClientContext context;
    auto stream = stub->AppendStream(&context);
    v1::AppendRequest request;
    request.set_topic("t");
    request.set_partition(number % 3);
    request.add_records()->set_value("v");
    std::thread reader([&] {
      v1::AppendResponse response;
      while (stream->Read(&response)) ++answers;
    });
    while (stream->Write(request)) {
    }
    reader.join();
    EXPECT_FALSE(stream->Finish().ok());
  });
  stopper.join();
  broker_.Start();
  EXPECT_GE(CountLines(strata_.Expect({"consume", "t", "--exit-at-end"})),
            static_cast<std::size_t>(answers.load()));
}

}  // namespace
}  // namespace strata::e2e
