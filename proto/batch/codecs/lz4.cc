#include <memory>
#include <new>

#include <lz4frame.h>

#include "proto/batch/codecs/bounded_output.h"
#include "proto/batch/codecs/codecs.h"
#include "proto/batch/codecs/failures.h"

namespace strata::codecs {

void CompressLz4(int level, std::string_view input, std::string* out) {
  LZ4F_preferences_t preferences{};
  preferences.compressionLevel = level;
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;  // Kafka's Java client reads no other
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;

  const std::size_t before = out->size();
  const std::size_t bound = LZ4F_compressFrameBound(input.size(), &preferences);
  out->resize(before + bound);
  const std::size_t written =
      LZ4F_compressFrame(out->data() + before, bound, input.data(), input.size(), &preferences);
  if (LZ4F_isError(written)) throw std::bad_alloc();  // the one failure that is left
  out->resize(before + written);
}

Result<std::string> DecompressLz4(std::string_view input, std::size_t max_bytes) {
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION))) throw std::bad_alloc();
  const std::unique_ptr<LZ4F_dctx, LZ4F_errorCode_t (*)(LZ4F_dctx*)> context(
      raw, LZ4F_freeDecompressionContext);

  BoundedOutput output(input.size(), 0, max_bytes);
  while (true) {
    std::size_t written = output.free_bytes();
    std::size_t taken = input.size();
    const std::size_t hint = LZ4F_decompress(context.get(), output.free_space(), &written,
                                             input.data(), &taken, nullptr);
    if (LZ4F_isError(hint)) return Damaged("lz4");
    input.remove_prefix(taken);
    if (!output.Advance(written)) return GrowsBeyond(max_bytes);
    if (hint == 0) break;
    if (taken == 0 && written == 0) return Damaged("lz4");
  }
  if (!input.empty()) return Trailing("lz4", input.size());
  return output.Take();
}

}  // namespace strata::codecs
