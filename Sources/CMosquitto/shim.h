#pragma once

#include <dlfcn.h>
#include <mosquitto.h>
#include <stddef.h>
#include <string.h>

/* What of libmosquitto is used. The library is opened at its first use instead of being linked, so that a command that
   speaks no MQTT starts without it. */
#define MOSQUITTO_FUNCTIONS(F) \
    F(mosquitto_lib_init) \
    F(mosquitto_lib_version) \
    F(mosquitto_new) \
    F(mosquitto_destroy) \
    F(mosquitto_username_pw_set) \
    F(mosquitto_connect_bind_async) \
    F(mosquitto_disconnect) \
    F(mosquitto_publish) \
    F(mosquitto_subscribe) \
    F(mosquitto_loop_read) \
    F(mosquitto_loop_write) \
    F(mosquitto_loop_misc) \
    F(mosquitto_socket) \
    F(mosquitto_want_write) \
    F(mosquitto_int_option) \
    F(mosquitto_max_inflight_messages_set) \
    F(mosquitto_connect_callback_set) \
    F(mosquitto_publish_callback_set) \
    F(mosquitto_message_callback_set) \
    F(mosquitto_subscribe_callback_set) \
    F(mosquitto_strerror)

/* One typed pointer for each of them, under the function's own name. */
struct mosquitto_functions {
#define MOSQUITTO_FIELD(name) __typeof__(&name) _Nonnull name;
    MOSQUITTO_FUNCTIONS(MOSQUITTO_FIELD)
#undef MOSQUITTO_FIELD
};

/* Opens the library and fills the table. NULL when every function was found, otherwise the dynamic linker's reason,
   valid until the next call into the linker by this thread. */
static inline const char *_Nullable mosquitto_load(
    struct mosquitto_functions *_Nonnull table, const char *_Nonnull library) {
    void *symbol, *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return dlerror();
#define MOSQUITTO_FILL(name) \
    symbol = dlsym(handle, #name); \
    if (symbol == NULL) return dlerror(); \
    memcpy((void *)&table->name, &symbol, sizeof symbol);
    MOSQUITTO_FUNCTIONS(MOSQUITTO_FILL)
#undef MOSQUITTO_FILL
    return NULL;
}
