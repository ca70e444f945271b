// A real stratad on a free port of the loopback interface.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process/child.h"

namespace strata::e2e {

class Broker {
 public:
  // Starts a broker and waits until it serves. `more` are further arguments of stratad, without
  // HTTP unless they have --http-listen; `launcher`
  // is a command that runs it, and has the same process number (env, for one). Its log is beside
  // the data directory. Throws std::runtime_error with that log if it does not start.
  explicit Broker(std::filesystem::path data_dir, std::vector<std::string> more = {},
                  std::vector<std::string> launcher = {});
  ~Broker();

  // HOST:PORT of its gRPC services.
  const std::string& address() const { return address_; }
  // HOST:PORT of its metrics and its health, if it has them.
  const std::string& http_address() const { return http_address_; }
  const std::filesystem::path& data_dir() const { return data_dir_; }
  std::string Log() const;
  // Bytes that this process has read from files so far.
  std::int64_t BytesRead() const;
  // What it has used of the processors so far, all threads together.
  std::chrono::nanoseconds CpuTime() const;

  // What the process has open and in memory now.
  std::size_t OpenFiles() const;
  std::int64_t ResidentBytes() const;

  // SIGSTOP, SIGCONT.
  void Signal(int signal) { process_->Signal(signal); }
  // kill -9.
  void Kill();
  // SIGTERM; returns the exit status.
  int Stop();
  // Starts it again at the same address, after Kill or Stop.
  void Start();

 private:
  std::filesystem::path Proc(const std::string& name) const;
  std::filesystem::path Beside(const std::string& suffix) const;

  const std::filesystem::path data_dir_;
  const std::vector<std::string> more_;
  const std::vector<std::string> launcher_;
  std::string address_ = "127.0.0.1:0";
  std::string http_address_;
  std::unique_ptr<Child> process_;
};

}  // namespace strata::e2e
