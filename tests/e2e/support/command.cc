#include "tests/e2e/support/command.h"

#include <algorithm>
#include <stdexcept>

namespace strata::e2e {

Outcome RunCommand(const std::vector<std::string>& arguments, std::string_view input) {
  const testing::TempDir dir;
  WriteFile(dir / "in", input);
  Child child(arguments, {.input = dir / "in", .output = dir / "out", .errors = dir / "err"});
  const auto status = child.Wait();
  Outcome outcome{status.value_or(-1), ReadFile(dir / "out"), ReadFile(dir / "err")};
  if (!status) throw std::runtime_error(arguments[0] + " does not end: " + outcome.err);
  return outcome;
}

std::vector<std::string> StrataCommand::CommandLine(
    const std::vector<std::string>& arguments) const {
  std::vector<std::string> line = {STRATA_BINARY, "--broker", broker_};
  line.insert(line.end(), arguments.begin(), arguments.end());
  return line;
}

Outcome StrataCommand::operator()(const std::vector<std::string>& arguments,
                                  std::string_view input) const {
  return RunCommand(CommandLine(arguments), input);
}

std::string StrataCommand::Expect(const std::vector<std::string>& arguments,
                                  std::string_view input) const {
  Outcome outcome = (*this)(arguments, input);
  if (outcome.status != 0) {
    throw std::runtime_error("strata " + arguments[0] + ": exit status " +
                             std::to_string(outcome.status) + ": " + outcome.err);
  }
  return std::move(outcome.out);
}

Background::Background(const StrataCommand& strata, const std::vector<std::string>& arguments,
                       std::string_view input) {
  WriteFile(dir_ / "in", input);
  process_ = std::make_unique<Child>(
      strata.CommandLine(arguments),
      ChildStreams{.input = dir_ / "in", .output = dir_ / "out", .errors = dir_ / "err"});
}

bool Background::WaitForLines(std::size_t count) {
  return process_->WaitUntil([&] { return CountLines(Output()) >= count; });
}

std::size_t CountLines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace strata::e2e
