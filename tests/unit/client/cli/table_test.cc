#include "client/cli/table.h"

#include <gtest/gtest.h>

namespace strata::cli {
namespace {

TEST(Table, AlignsColumnsAndLeavesNoSpacesAtTheEnds) {
  Table table({{"NAME"}, {"N", Table::Align::kRight}, {"NOTE"}});
  table.Add({"a", "1", ""});
  table.Add({"longer", "1000", "x"});
  EXPECT_EQ(table.ToString(),
            "NAME       N  NOTE\n"
            "a          1\n"
            "longer  1000  x\n");
}

TEST(Table, WithoutRowsShowsItsTitles) {
  EXPECT_EQ(Table({{"A"}, {"B"}}).ToString(), "A  B\n");
}

}  // namespace
}  // namespace strata::cli
