// The broker goes away while a command works: a person is told, and told again when it is back.

#include <gmock/gmock.h>

#include "tests/e2e/support/e2e_test.h"

namespace strata::e2e {
namespace {

using ::testing::HasSubstr;

class Outage : public E2eTest {
 protected:
  Outage() {
    strata_.Expect({"topic", "create", "t"});
    strata_.Expect({"produce", "t"}, "a\n");
  }

  void ExpectToldOfAnOutage(Background& reader) {
    ASSERT_TRUE(reader.WaitForLines(1)) << reader.Errors();
    EXPECT_EQ(reader.Errors(), "");
    broker_.Kill();
    const std::string lost = "strata: lost the broker at " + broker_.address() + ", trying again\n";
    EXPECT_TRUE(Eventually([&] { return reader.Errors().find(lost) != std::string::npos; }))
        << reader.Errors();
    broker_.Start();
    const std::string back = "strata: the broker at " + broker_.address() + " is back\n";
    EXPECT_TRUE(Eventually([&] { return reader.Errors().find(back) != std::string::npos; }))
        << reader.Errors();
    strata_.Expect({"produce", "t"}, "b\n");
    EXPECT_TRUE(reader.WaitForLines(2)) << reader.Errors();
  }
};

TEST_F(Outage, IsToldToWhoReads) {
  Background reader(strata_, {"consume", "t"});
  ExpectToldOfAnOutage(reader);
}

TEST_F(Outage, IsToldToAMemberOfAGroup) {
  Background member(strata_, {"consume", "t", "--group", "g"});
  ExpectToldOfAnOutage(member);
}

TEST_F(Outage, DoesNotEndAWatch) {
  strata_.Expect({"consume", "t", "--group", "g", "--exit-at-end"});
  Background watch(strata_, {"group", "describe", "g", "--watch", "--output", "json"});
  ASSERT_TRUE(watch.WaitForLines(1)) << watch.Errors();
  broker_.Kill();
  ASSERT_TRUE(watch.process().WaitUntil([&] {
    return watch.Errors().find("lost sight of the group") != std::string::npos;
  })) << watch.Errors();
  broker_.Start();
  ASSERT_TRUE(watch.WaitForLines(CountLines(watch.Output()) + 2)) << watch.Errors();
  EXPECT_TRUE(watch.Errors().ends_with("strata: the group is back\n")) << watch.Errors();

  strata_.Expect({"group", "delete", "g"});
  EXPECT_EQ(watch.process().Wait(), 1) << "nothing is left to be watched";
}

}  // namespace
}  // namespace strata::e2e
