#include <memory>
#include <new>

#include <zstd.h>
#include <zstd_errors.h>

#include "proto/batch/codecs/bounded_output.h"
#include "proto/batch/codecs/codecs.h"
#include "proto/batch/codecs/failures.h"

namespace strata::codecs {
namespace {

// A decoder keeps a window in memory, as large as the frame asks for. RFC 8878 (3.1.1.1.2)
// recommends 8 MiB as what every decoder can be expected to support, so nobody should ask for more.
constexpr int kMaxWindowLog = 23;
// Up to this level zstd itself stays within that window.
constexpr int kHighestLevelWithinWindow = 19;

template <class Context>
using Owned = std::unique_ptr<Context, std::size_t (*)(Context*)>;

template <class Context>
Owned<Context> Own(Context* context, std::size_t (*release)(Context*)) {
  if (context == nullptr) throw std::bad_alloc();
  return Owned<Context>(context, release);
}

std::size_t DeclaredBytes(std::string_view frame) {
  const auto declared = ZSTD_getFrameContentSize(frame.data(), frame.size());
  const bool known = declared != ZSTD_CONTENTSIZE_UNKNOWN && declared != ZSTD_CONTENTSIZE_ERROR;
  return known ? declared : 0;
}

tl::unexpected<Error> Refused(std::size_t zstd_result) {
  if (ZSTD_getErrorCode(zstd_result) == ZSTD_error_frameParameter_windowTooLarge) {
    return Fail(ErrorCode::INVALID_BATCH, "the zstd data asks for a window of more than 8 MiB");
  }
  return Damaged("zstd");
}

}  // namespace

void CompressZstd(int level, std::string_view input, std::string* out) {
  const auto context = Own(ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  if (level > kHighestLevelWithinWindow) {
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, kMaxWindowLog);
  }
  const std::size_t before = out->size();
  const std::size_t bound = ZSTD_compressBound(input.size());
  out->resize(before + bound);
  const std::size_t written =
      ZSTD_compress2(context.get(), out->data() + before, bound, input.data(), input.size());
  if (ZSTD_isError(written)) throw std::bad_alloc();  // the one failure that is left
  out->resize(before + written);
}

Result<std::string> DecompressZstd(std::string_view input, std::size_t max_bytes) {
  const auto context = Own(ZSTD_createDCtx(), ZSTD_freeDCtx);
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMaxWindowLog);

  // Room for all of the output at once lets zstd write it in place, without a window of its own.
  BoundedOutput output(input.size(), DeclaredBytes(input) + 1, max_bytes);
  ZSTD_inBuffer in{input.data(), input.size(), 0};
  while (true) {
    ZSTD_outBuffer room{output.free_space(), output.free_bytes(), 0};
    const std::size_t taken_before = in.pos;
    const std::size_t hint = ZSTD_decompressStream(context.get(), &room, &in);
    if (ZSTD_isError(hint)) return Refused(hint);
    if (!output.Advance(room.pos)) return GrowsBeyond(max_bytes);
    if (hint == 0) break;
    if (room.pos == 0 && in.pos == taken_before) return Damaged("zstd");
  }
  if (in.pos != in.size) return Trailing("zstd", in.size - in.pos);
  return output.Take();
}

}  // namespace strata::codecs
