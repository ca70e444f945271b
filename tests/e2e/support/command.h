// Runs commands as a person would at a shell, and keeps what they said.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process/child.h"
#include "tests/support/process/files.h"
#include "tests/support/temp_dir.h"

namespace strata::e2e {

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

// Runs a command to its end. Throws std::runtime_error if it does not end within kPatience.
Outcome RunCommand(const std::vector<std::string>& arguments, std::string_view input = {});

// The `strata` command against one broker.
class StrataCommand {
 public:
  explicit StrataCommand(std::string broker) : broker_(std::move(broker)) {}

  Outcome operator()(const std::vector<std::string>& arguments, std::string_view input = {}) const;

  // The same, for what is expected to work: returns its output, and throws std::runtime_error with
  // what it said otherwise.
  std::string Expect(const std::vector<std::string>& arguments, std::string_view input = {}) const;

  std::vector<std::string> CommandLine(const std::vector<std::string>& arguments) const;

 private:
  const std::string broker_;
};

// A `strata` command that runs on while the test does other things.
class Background {
 public:
  Background(const StrataCommand& strata, const std::vector<std::string>& arguments,
             std::string_view input = {});

  // What it has written so far.
  std::string Output() const { return ReadFile(dir_ / "out"); }
  std::string Errors() const { return ReadFile(dir_ / "err"); }

  // Waits until it has written `count` lines or more; false if it ended or patience did.
  bool WaitForLines(std::size_t count);

  Child& process() { return *process_; }

 private:
  testing::TempDir dir_;
  std::unique_ptr<Child> process_;
};

std::size_t CountLines(std::string_view text);

}  // namespace strata::e2e
