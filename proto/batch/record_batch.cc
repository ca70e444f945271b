#include "proto/batch/record_batch.h"
