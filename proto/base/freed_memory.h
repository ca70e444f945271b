// What a process does with memory that it has freed.
#pragma once

namespace strata {

// Keeps it for the next time, as long as less than 32 MiB of a heap are free at its end. By default
// glibc gives that back to the system from 128 KiB on, or from twice the largest piece that was
// freed (mallopt(3), M_TRIM_THRESHOLD). gRPC gets a new piece of memory for each 64 KiB that it
// receives, and frees those of a message together: so it had them back page by page, which was a
// quarter of a reader's processor time.
//
// For the main function of a program, which alone may decide this. There are up to eight heaps for
// each processor, and as much may stay in each. What is larger than 8 MiB is fetched and given back
// each time. Does nothing where the allocator is not glibc's.
void KeepFreedMemory();

}  // namespace strata
