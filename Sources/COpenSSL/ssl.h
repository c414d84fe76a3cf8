#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "library.h"

/* What TLS uses of libssl and of libcrypto, on which libssl stands. */
#define SSL_FUNCTIONS(F) \
    F(ASN1_STRING_get0_data) \
    F(ASN1_STRING_length) \
    F(ASN1_TIME_to_tm) \
    F(BIO_ctrl) \
    F(BIO_free) \
    F(BIO_new) \
    F(BIO_read) \
    F(BIO_s_mem) \
    F(BIO_write) \
    F(ERR_clear_error) \
    F(ERR_get_error) \
    F(ERR_reason_error_string) \
    F(GENERAL_NAMES_free) \
    F(GENERAL_NAME_get0_value) \
    F(OPENSSL_sk_num) \
    F(OPENSSL_sk_value) \
    F(SSL_CTX_check_private_key) \
    F(SSL_CTX_ctrl) \
    F(SSL_CTX_free) \
    F(SSL_CTX_load_verify_dir) \
    F(SSL_CTX_load_verify_file) \
    F(SSL_CTX_new) \
    F(SSL_CTX_set_alpn_protos) \
    F(SSL_CTX_set_cert_cb) \
    F(SSL_CTX_set_cert_verify_callback) \
    F(SSL_CTX_set_default_passwd_cb) \
    F(SSL_CTX_set_default_verify_paths) \
    F(SSL_CTX_set_msg_callback) \
    F(SSL_CTX_set_verify) \
    F(SSL_CTX_use_PrivateKey_file) \
    F(SSL_CTX_use_certificate_chain_file) \
    F(SSL_connect) \
    F(SSL_ctrl) \
    F(SSL_free) \
    F(SSL_get0_param) \
    F(SSL_get_error) \
    F(SSL_new) \
    F(SSL_read_ex) \
    F(SSL_set1_host) \
    F(SSL_set_bio) \
    F(SSL_shutdown) \
    F(SSL_write_ex) \
    F(TLS_client_method) \
    F(X509_NAME_get_text_by_NID) \
    F(X509_NAME_oneline) \
    F(X509_STORE_CTX_get0_cert) \
    F(X509_STORE_CTX_get_current_cert) \
    F(X509_STORE_CTX_get_error) \
    F(X509_STORE_CTX_get_error_depth) \
    F(X509_STORE_CTX_get_num_untrusted) \
    F(X509_VERIFY_PARAM_set1_ip_asc) \
    F(X509_get0_notAfter) \
    F(X509_get0_notBefore) \
    F(X509_get_ext_d2i) \
    F(X509_get_subject_name) \
    F(X509_verify_cert) \
    F(X509_verify_cert_error_string)

/* One typed pointer for each of them, under the function's own name. */
struct ssl_functions {
    SSL_FUNCTIONS(OPENSSL_FIELD)
};

/* Opens the library and fills the table. NULL when every function was found, otherwise the dynamic linker's reason,
   valid until the next call into the linker by this thread. */
static inline const char *_Nullable ssl_load(struct ssl_functions *_Nonnull table, const char *_Nonnull library) {
    void *symbol, *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return dlerror();
    SSL_FUNCTIONS(OPENSSL_FILL)
    return NULL;
}

/* The number of the alert that came from the peer, or -1 for another error. */
static inline int ssl_received_alert(unsigned long code) {
    if (ERR_GET_LIB(code) != ERR_LIB_SSL) return -1;
    int reason = ERR_GET_REASON(code);
    return reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256 ? reason - SSL_AD_REASON_OFFSET : -1;
}

static inline int ssl_error_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int ssl_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

/* Never asks for a passphrase. */
static inline int ssl_no_passphrase(char *_Nullable buffer, int size, int writing, void *_Nullable context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}
