#include "proto/batch/batch_header.h"
