#pragma once

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

/* The libraries are opened at their first use instead of being linked, so that a command that needs neither starts
   without them. A list macro names the functions that are used; these make a typed table of it and fill it. */
#define OPENSSL_FIELD(name) __typeof__(&name) _Nonnull name;
#define OPENSSL_FILL(name) \
    symbol = dlsym(handle, #name); \
    if (symbol == NULL) return dlerror(); \
    memcpy((void *)&table->name, &symbol, sizeof symbol);
