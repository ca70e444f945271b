// strata_limit_disk: pwrite of a batch, then fdatasync, in turn, into preallocated space.
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "bench/compare/limits/limit_options.h"
#include "bench/compare/limits/shape.h"
#include "bench/compare/limits/system_check.h"

namespace strata::compare {
namespace {

using Clock = std::chrono::steady_clock;

class File {
 public:
  File(const std::string& path, std::uint64_t bytes)
      : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    Check(descriptor_ >= 0, path.c_str());
    errno = posix_fallocate(descriptor_, 0, static_cast<off_t>(bytes));
    Check(errno == 0, "preallocate");
    Check(fsync(descriptor_) == 0, "fsync");
  }
  ~File() { close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void Write(const std::string& bytes, std::uint64_t position) {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t count = pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(position + done));
      Check(count > 0, "pwrite");
      done += static_cast<std::size_t>(count);
    }
    Check(fdatasync(descriptor_) == 0, "fdatasync");
  }

 private:
  const int descriptor_;
};

Shape ShapeOfWrites(const LimitOptions& options) {
  Shape shape = ShapeOf(options.size, kSendMessageBytes);
  if (options.write_bytes == 0 || options.write_bytes >= shape.message.size()) return shape;
  const double share =
      static_cast<double>(options.write_bytes) / static_cast<double>(shape.message.size());
  shape.message.resize(options.write_bytes);
  shape.records_per_message = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(share * static_cast<double>(shape.records_per_message)));
  return shape;
}

Measured Append(const LimitOptions& options) {
  if (options.verb != "append") throw std::runtime_error("it can only append");
  const Shape shape = ShapeOfWrites(options);
  const std::uint64_t writes = shape.MessagesFor(options.records);
  File file(options.file, writes * shape.message.size());
  Measured measured;
  const auto begin = Clock::now();
  for (std::uint64_t i = 0; i < writes; ++i) {
    const auto before = Clock::now();
    file.Write(shape.message, i * shape.message.size());
    measured.latencies.Add(Clock::now() - before);
  }
  measured.time = Clock::now() - begin;
  measured.records = writes * shape.records_per_message;
  measured.bytes = measured.records * options.size;
  return measured;
}

}  // namespace
}  // namespace strata::compare

int main(int argc, char** argv) {
  return strata::compare::RunLimit(argc, argv, strata::compare::Append);
}
