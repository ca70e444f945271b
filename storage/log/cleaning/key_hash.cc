#include "storage/log/cleaning/key_hash.h"

#include <cstdlib>
#include <cstring>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>

namespace strata::storage {
namespace {

constexpr std::size_t kSecretBytes = 16;

// OpenSSL fails here only when it is not installed as it should be, or memory has run out; and
// without a hash that can be trusted no record may be dropped.
void Require(bool condition) {
  if (condition) return;
  spdlog::critical("OpenSSL offers no SipHash");
  std::abort();
}

}  // namespace

struct KeyHasher::Impl {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
  EVP_MAC_CTX* context = mac ? EVP_MAC_CTX_new(mac) : nullptr;
  std::array<unsigned char, kSecretBytes> secret;

  ~Impl() {
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
  }
};

KeyHasher::KeyHasher() : impl_(std::make_unique<Impl>()) {
  Require(impl_->context != nullptr);
  Require(RAND_bytes(impl_->secret.data(), kSecretBytes) == 1);
  std::size_t size = sizeof(KeyHash);
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                   OSSL_PARAM_construct_end()};
  Require(EVP_MAC_CTX_set_params(impl_->context, parameters) == 1);
}

KeyHasher::~KeyHasher() = default;

KeyHash KeyHasher::operator()(std::string_view key) {
  KeyHash hash;
  std::size_t size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
  auto* out = reinterpret_cast<unsigned char*>(&hash);
  Require(EVP_MAC_init(impl_->context, impl_->secret.data(), kSecretBytes, nullptr) == 1 &&
          EVP_MAC_update(impl_->context, bytes, key.size()) == 1 &&
          EVP_MAC_final(impl_->context, out, &size, sizeof hash) == 1 && size == sizeof hash);
  return hash;
}

}  // namespace strata::storage
