// A small HTTP server for GET /metrics and GET /healthz, on threads of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "proto/base/error.h"

namespace strata::broker {

class HttpListener {
 public:
  // Called on the listener's threads, at any time until it is destroyed.
  struct Pages {
    std::function<std::string()> metrics;
    // An error: /healthz answers 503, and says why.
    std::function<Result<void>()> health;
  };

  // `address` as ParseAddress accepts it. ADDRESS_UNUSABLE.
  static Result<std::unique_ptr<HttpListener>> Start(const std::string& address, Pages pages);

  // Waits for requests under way.
  ~HttpListener();
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  // With the port that was chosen.
  const std::string& address() const;

 private:
  struct Impl;
  explicit HttpListener(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace strata::broker
