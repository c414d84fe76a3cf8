#pragma once

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

extern int memfd_create(const char *_Nonnull name, unsigned flags);

/* A file in memory, which children do not inherit; -1 if there are none. */
static inline int token_memory_file(void) { return memfd_create("tedge", 1); }

/* A question to a token through its PKCS #11 module (OASIS PKCS #11 2.40): OpenSSL's provider only says that a key cannot be
   loaded, and each of its tries with a wrong PIN counts. Text ends with a null character; NULL for what does not matter. */
struct token_question {
    const char *_Nonnull module;
    const char *_Nullable token;
    const char *_Nullable serial;
    const char *_Nullable manufacturer;
    const char *_Nullable model;
    /* The number of a slot, or -1. */
    long slot;
    const char *_Nullable label;
    const unsigned char *_Nullable identifier;
    size_t identifier_length;
    const char *_Nullable pin;
};

enum token_answer {
    /* The token has the key. */
    token_has_key,
    /* The dynamic linker does not open the module, or it is none. */
    token_no_module,
    /* A call of the module failed. */
    token_call_failed,
    /* No slot has such a token. */
    token_absent,
    /* The token wants a PIN, and there is none. */
    token_wants_pin,
    token_refuses_pin,
    token_is_locked,
    /* One more wrong PIN would lock the token, and the last one was wrong: none is tried. */
    token_has_one_try,
    /* The token has no such private key. */
    token_without_key
};

typedef unsigned long token_number;

struct token_attribute {
    token_number type;
    const void *_Nullable value;
    token_number length;
};

/* CK_TOKEN_INFO. */
struct token_information {
    unsigned char label[32], manufacturer[32], model[16], serial[16];
    token_number flags;
    token_number numbers[10];
    unsigned char versions[4], time[16];
};

/* CK_FUNCTION_LIST as far as it is used, in the order of the standard. */
struct token_functions {
    unsigned char version[2];
    token_number (*_Nonnull initialize)(void *_Nullable arguments);
    token_number (*_Nonnull finalize)(void *_Nullable reserved);
    void *_Nullable others_1[2];
    token_number (*_Nonnull get_slots)(
        unsigned char has_token, token_number *_Nonnull slots, token_number *_Nonnull count);
    void *_Nullable others_2[1];
    token_number (*_Nonnull get_information)(token_number slot, struct token_information *_Nonnull information);
    void *_Nullable others_3[5];
    token_number (*_Nonnull open_session)(
        token_number slot, token_number flags, void *_Nullable context, void *_Nullable notify,
        token_number *_Nonnull session);
    token_number (*_Nonnull close_session)(token_number session);
    void *_Nullable others_4[4];
    token_number (*_Nonnull log_in)(
        token_number session, token_number user, const unsigned char *_Nonnull pin, token_number length);
    token_number (*_Nonnull log_out)(token_number session);
    void *_Nullable others_5[6];
    token_number (*_Nonnull find_begin)(
        token_number session, const struct token_attribute *_Nonnull wanted, token_number count);
    token_number (*_Nonnull find)(
        token_number session, token_number *_Nonnull objects, token_number limit, token_number *_Nonnull count);
    token_number (*_Nonnull find_end)(token_number session);
};

/* Whether a field, which is filled with blanks, has a value. */
static inline int token_field_is(const unsigned char *_Nonnull field, size_t size, const char *_Nullable value) {
    if (value == NULL) return 1;
    size_t length = strlen(value);
    while (size > 0 && field[size - 1] == ' ') size--;
    return size == length && memcmp(field, value, length) == 0;
}

/* Logs in, if that is needed, and looks for the key in an open session. */
static inline enum token_answer token_search(
    const struct token_functions *_Nonnull list, token_number session, const struct token_question *_Nonnull question,
    token_number flags, token_number *_Nonnull code) {
    int is_login = (flags & 0x4) != 0;
    if (is_login) {
        if (flags & 0x40000) return token_is_locked;
        if (question->pin == NULL) return token_wants_pin;
        if (flags & 0x20000) return token_has_one_try;
        *code = list->log_in(
            session, 1, (const unsigned char *)question->pin, strlen(question->pin));
        if (*code == 0xA0 || *code == 0xA1 || *code == 0xA2) return token_refuses_pin;
        if (*code == 0xA4) return token_is_locked;
        if (*code != 0 && *code != 0x100) return token_call_failed;
    }
    token_number private_key = 3, found = 0, object = 0;
    struct token_attribute wanted[3] = {{0, &private_key, sizeof private_key}};
    token_number count = 1;
    if (question->label != NULL)
        wanted[count++] = (struct token_attribute){3, question->label, strlen(question->label)};
    if (question->identifier != NULL)
        wanted[count++] = (struct token_attribute){0x102, question->identifier, question->identifier_length};
    *code = list->find_begin(session, wanted, count);
    if (*code == 0) {
        *code = list->find(session, &object, 1, &found);
        list->find_end(session);
    }
    if (is_login) list->log_out(session);
    return *code != 0 ? token_call_failed : found > 0 ? token_has_key : token_without_key;
}

/* Asks the slots of a module, the first with a token that fits. `code` becomes the number of a failed call. */
static inline enum token_answer token_ask_slots(
    const struct token_functions *_Nonnull list, const struct token_question *_Nonnull question,
    token_number *_Nonnull code) {
    token_number slots[64], count = 64, session = 0;
    *code = list->get_slots(1, slots, &count);
    if (*code != 0) return token_call_failed;
    for (token_number index = 0; index < count; index++) {
        struct token_information information;
        if (question->slot >= 0 && (token_number)question->slot != slots[index]) continue;
        if (list->get_information(slots[index], &information) != 0) continue;
        /* One that is not initialized has neither a name nor keys. */
        if (!(information.flags & 0x400)) continue;
        if (!token_field_is(information.label, sizeof information.label, question->token) ||
            !token_field_is(information.serial, sizeof information.serial, question->serial) ||
            !token_field_is(information.manufacturer, sizeof information.manufacturer, question->manufacturer) ||
            !token_field_is(information.model, sizeof information.model, question->model))
            continue;
        *code = list->open_session(slots[index], 4, NULL, NULL, &session);
        if (*code != 0) return token_call_failed;
        enum token_answer answer = token_search(list, session, question, information.flags, code);
        list->close_session(session);
        return answer;
    }
    return token_absent;
}

/* Asks once, with one try of the PIN at most. `reason` gets the dynamic linker's message. The module stays open, because some
   cannot be closed. */
static inline enum token_answer token_ask(
    const struct token_question *_Nonnull question, token_number *_Nonnull code, char *_Nonnull reason, size_t size) {
    void *module = dlopen(question->module, RTLD_NOW | RTLD_LOCAL), *symbol;
    struct token_functions *list = NULL;
    reason[0] = 0, *code = 0;
    symbol = module == NULL ? NULL : dlsym(module, "C_GetFunctionList");
    if (symbol == NULL) {
        const char *words = dlerror();
        snprintf(reason, size, "%s", words == NULL ? "" : words);
        return token_no_module;
    }
    token_number (*get)(struct token_functions *_Nullable *_Nonnull);
    memcpy((void *)&get, &symbol, sizeof symbol);
    *code = get(&list);
    if (*code != 0 || list == NULL) return token_call_failed;
    *code = list->initialize(NULL);
    if (*code != 0 && *code != 0x191) return token_call_failed;
    int is_mine = *code == 0;
    enum token_answer answer = token_ask_slots(list, question, code);
    if (is_mine) list->finalize(NULL);
    return answer;
}
