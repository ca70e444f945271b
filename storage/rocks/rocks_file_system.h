// RocksDB on top of our file layer: whatever a database does to a file goes through FileSystem, in
// production as in tests, so that there is one path to the disk and a test can stand in for it.
//
// Durability is left to RocksDB, which syncs its files and, after it has made or renamed one, their
// directory. What no database of ours needs (hard links, memory maps, files written in place) is
// NotSupported.
//
// Threads: any; RocksDB calls from threads of its own.
#pragma once

#include <memory>

#include "storage/io/file_system.h"

namespace rocksdb {
class Env;
}

namespace strata::storage {

class SyncedMarks;

// An environment whose files are those of `files`. If there are `marks`, they are told of what is
// on disk of logs and manifests. Both must outlive it, and it the database that uses it.
std::unique_ptr<rocksdb::Env> MakeRocksEnv(FileSystem& files, SyncedMarks* marks);

}  // namespace strata::storage
