#pragma once

#include "crypto.h"
#include "ssl.h"
#include "token.h"
