#include "proto/batch/partitioner.h"
