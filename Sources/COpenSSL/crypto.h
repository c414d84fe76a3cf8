#pragma once

#include "library.h"

/* What X509 uses of libcrypto. */
