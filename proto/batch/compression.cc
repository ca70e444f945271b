#include "proto/batch/compression.h"
