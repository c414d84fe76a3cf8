#pragma once

#include "crypto.h"
#include "ssl.h"
