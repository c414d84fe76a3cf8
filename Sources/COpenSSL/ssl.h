#pragma once

#include "library.h"

/* What TLS uses of libssl and libcrypto. */
