// For the .cc files of this folder alone: looks at parts of a table (*.sst) before RocksDB does.
//
// RocksDB takes the properties of a table apart before it looks at their checksum, since a table
// that it imports may carry others than it was sealed with (ReadTablePropertiesHelper in its
// table/meta_blocks.cc). Debian's RocksDB is built with assertions: a flipped bit ends the process
// there, where it is to be an error. And it takes memory for a block before it reads it, as much as
// the footer says, which has no checksum.
//
// The format: table/format.h and table/block_based/block_builder.cc of RocksDB 7.8, format version
// 5, and https://github.com/facebook/rocksdb/wiki/Rocksdb-BlockBasedTable-Format.
#pragma once

#include "storage/io/file_system.h"

namespace strata::storage {

// CORRUPT_LOG: the footer leads out of the table, or its properties have a wrong checksum.
// IO_ERROR. Everything else that may be wrong with it is left to RocksDB, also a table whose
// checksums are not CRC-32C.
Result<void> CheckTable(const File& table);

}  // namespace strata::storage
