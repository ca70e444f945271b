#include <algorithm>
#include <memory>
#include <new>

#include <zlib.h>

#include "proto/batch/codecs/bounded_output.h"
#include "proto/batch/codecs/codecs.h"
#include "proto/batch/codecs/failures.h"

namespace strata::codecs {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // zlib's way to ask for the gzip wrapper
constexpr int kMemoryLevel = 8;           // zlib's default

Bytef* ZlibInput(std::string_view input) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
}

void ThrowIfOutOfMemory(int status) {
  if (status == Z_MEM_ERROR) throw std::bad_alloc();
}

}  // namespace

void CompressGzip(int level, std::string_view input, std::string* out) {
  z_stream stream{};
  const int zlib_level = level == 0 ? Z_DEFAULT_COMPRESSION : std::clamp(level, 1, 9);
  ThrowIfOutOfMemory(deflateInit2(&stream, zlib_level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                                  Z_DEFAULT_STRATEGY));
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ender(&stream, deflateEnd);

  const std::size_t before = out->size();
  out->resize(before + deflateBound(&stream, input.size()));
  stream.next_in = ZlibInput(input);
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out->data() + before);
  stream.avail_out = static_cast<uInt>(out->size() - before);
  deflate(&stream, Z_FINISH);  // in one go: deflateBound made room for it
  out->resize(before + stream.total_out);
}

Result<std::string> DecompressGzip(std::string_view input, std::size_t max_bytes) {
  z_stream stream{};
  ThrowIfOutOfMemory(inflateInit2(&stream, kGzipWindowBits));
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ender(&stream, inflateEnd);

  BoundedOutput output(input.size(), 0, max_bytes);
  stream.next_in = ZlibInput(input);
  stream.avail_in = static_cast<uInt>(input.size());
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    const std::size_t room = std::min(output.free_bytes(), std::size_t{1} << 30);
    stream.next_out = reinterpret_cast<Bytef*>(output.free_space());
    stream.avail_out = static_cast<uInt>(room);
    status = inflate(&stream, Z_NO_FLUSH);
    ThrowIfOutOfMemory(status);
    if (status != Z_OK && status != Z_STREAM_END) return Damaged("gzip");
    if (!output.Advance(room - stream.avail_out)) return GrowsBeyond(max_bytes);
  }
  if (stream.avail_in != 0) return Trailing("gzip", stream.avail_in);
  return output.Take();
}

}  // namespace strata::codecs
