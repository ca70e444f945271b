#include "proto/wire/payload_message.h"
