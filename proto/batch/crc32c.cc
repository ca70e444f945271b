#include "proto/batch/crc32c.h"
