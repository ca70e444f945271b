#include "tests/fault/history/work_log.h"

#include <sstream>
#include <stdexcept>

namespace strata::testing {
namespace {

// Each line begins with one of these.
constexpr char kProcessed = 'p';
constexpr char kCommit = 'c';

WorkTime ReadTime(std::istream& line) {
  WorkTime::rep count = 0;
  line >> count;
  return WorkTime(count);
}

void ReadLine(const std::string& text, MemberWork* work) {
  std::istringstream line(text);
  const int kind = line.get();
  if (kind == kProcessed) {
    ProcessedRecord record;
    record.at = ReadTime(line);
    line >> record.partition >> record.generation >> record.offset >> record.payload;
    work->processed.push_back(record);
  } else if (kind == kCommit) {
    CommitMade commit;
    int outcome = 0;
    commit.begun = ReadTime(line);
    commit.told = ReadTime(line);
    line >> commit.partition >> commit.generation >> commit.offset >> outcome;
    commit.outcome = static_cast<Outcome>(outcome);
    work->commits.push_back(commit);
  } else {
    line.setstate(std::ios::failbit);
  }
  if (!line) throw std::runtime_error("a member has written the line '" + text + "'");
}

}  // namespace

std::string WorkLine(const ProcessedRecord& processed) {
  std::ostringstream line;
  line << kProcessed << ' ' << processed.at.count() << ' ' << processed.partition << ' '
       << processed.generation << ' ' << processed.offset << ' ' << processed.payload << '\n';
  return std::move(line).str();
}

std::string WorkLine(const CommitMade& commit) {
  std::ostringstream line;
  line << kCommit << ' ' << commit.begun.count() << ' ' << commit.told.count() << ' '
       << commit.partition << ' ' << commit.generation << ' ' << commit.offset << ' '
       << static_cast<int>(commit.outcome) << '\n';
  return std::move(line).str();
}

std::size_t ReadWork(std::string_view text, MemberWork* work) {
  std::size_t read = 0;
  for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n', read)) {
    ReadLine(std::string(text.substr(read, end - read)), work);
    read = end + 1;
  }
  return read;
}

}  // namespace strata::testing
