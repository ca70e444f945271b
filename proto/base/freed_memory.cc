#include "proto/base/freed_memory.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace strata {

void KeepFreedMemory() {
#ifdef __GLIBC__
  constexpr int kKeptBytes = 32 << 20;
  // Larger than any usual message. One is set with the other: setting either ends the adjusting of
  // both.
  constexpr int kMappedBytes = 8 << 20;
  mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  mallopt(M_MMAP_THRESHOLD, kMappedBytes);
#endif
}

}  // namespace strata
