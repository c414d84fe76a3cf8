#pragma once

#include <openssl/cms.h>
#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "library.h"

/* What X509 uses of libcrypto. */
#define CRYPTO_FUNCTIONS(F) \
    F(ASN1_INTEGER_free) \
    F(ASN1_INTEGER_to_BN) \
    F(ASN1_OCTET_STRING_free) \
    F(ASN1_OCTET_STRING_new) \
    F(ASN1_OCTET_STRING_set) \
    F(ASN1_STRING_to_UTF8) \
    F(ASN1_TIME_set) \
    F(ASN1_TIME_to_tm) \
    F(BASIC_CONSTRAINTS_free) \
    F(BASIC_CONSTRAINTS_new) \
    F(BIO_ctrl) \
    F(BIO_free) \
    F(BIO_new) \
    F(BIO_new_mem_buf) \
    F(BIO_s_mem) \
    F(BN_bin2bn) \
    F(BN_bn2dec) \
    F(BN_bn2hex) \
    F(BN_free) \
    F(BN_to_ASN1_INTEGER) \
    F(CMS_ContentInfo_free) \
    F(CMS_get1_certs) \
    F(CONF_modules_load) \
    F(CRYPTO_free) \
    F(ERR_clear_error) \
    F(ERR_get_error) \
    F(ERR_get_error_all) \
    F(ERR_reason_error_string) \
    F(EVP_Digest) \
    F(EVP_DigestSign) \
    F(EVP_DigestSignInit) \
    F(EVP_MD_CTX_free) \
    F(EVP_MD_CTX_new) \
    F(EVP_PKEY_CTX_free) \
    F(EVP_PKEY_CTX_new_from_name) \
    F(EVP_PKEY_CTX_set_group_name) \
    F(EVP_PKEY_eq) \
    F(EVP_PKEY_free) \
    F(EVP_PKEY_generate) \
    F(EVP_PKEY_get0_type_name) \
    F(EVP_PKEY_get_bits) \
    F(EVP_PKEY_get_group_name) \
    F(EVP_PKEY_get_octet_string_param) \
    F(EVP_PKEY_keygen_init) \
    F(EVP_sha1) \
    F(EVP_sha256) \
    F(NCONF_free) \
    F(NCONF_load_bio) \
    F(NCONF_new) \
    F(OBJ_nid2sn) \
    F(OBJ_obj2nid) \
    F(OBJ_obj2txt) \
    F(OPENSSL_cleanse) \
    F(OPENSSL_info) \
    F(OPENSSL_sk_free) \
    F(OPENSSL_sk_num) \
    F(OPENSSL_sk_value) \
    F(OSSL_PROVIDER_available) \
    F(OpenSSL_version) \
    F(PEM_read_bio_PrivateKey) \
    F(PEM_read_bio_X509_AUX) \
    F(PEM_read_bio_X509_REQ) \
    F(PEM_write_bio_PKCS8PrivateKey) \
    F(PEM_write_bio_X509) \
    F(PEM_write_bio_X509_REQ) \
    F(X509_NAME_ENTRY_get_data) \
    F(X509_NAME_ENTRY_get_object) \
    F(X509_NAME_ENTRY_set) \
    F(X509_NAME_add_entry_by_txt) \
    F(X509_NAME_entry_count) \
    F(X509_NAME_get_entry) \
    F(X509_REQ_free) \
    F(X509_REQ_get0_pubkey) \
    F(X509_REQ_get_subject_name) \
    F(X509_REQ_new) \
    F(X509_REQ_set_pubkey) \
    F(X509_REQ_set_version) \
    F(X509_REQ_sign) \
    F(X509_REQ_verify) \
    F(X509_add1_ext_i2d) \
    F(X509_check_ca) \
    F(X509_check_issued) \
    F(X509_digest) \
    F(X509_dup) \
    F(X509_free) \
    F(X509_get0_notAfter) \
    F(X509_get0_notBefore) \
    F(X509_get0_pubkey) \
    F(X509_get_issuer_name) \
    F(X509_get_serialNumber) \
    F(X509_get_subject_name) \
    F(X509_getm_notAfter) \
    F(X509_getm_notBefore) \
    F(X509_new) \
    F(X509_self_signed) \
    F(X509_set_issuer_name) \
    F(X509_set_pubkey) \
    F(X509_set_serialNumber) \
    F(X509_set_version) \
    F(X509_sign) \
    F(d2i_CMS_ContentInfo) \
    F(i2d_PUBKEY)

/* One typed pointer for each of them, under the function's own name. */
struct crypto_functions {
    CRYPTO_FUNCTIONS(OPENSSL_FIELD)
};

/* Opens the library and fills the table. NULL when every function was found, otherwise the dynamic linker's reason,
   valid until the next call into the linker by this thread. */
static inline const char *_Nullable crypto_load(
    struct crypto_functions *_Nonnull table, const char *_Nonnull library) {
    void *symbol, *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return dlerror();
    CRYPTO_FUNCTIONS(OPENSSL_FILL)
    return NULL;
}

/* What stands for the end of the input while PEM is read. */
static inline int crypto_is_end_of_pem(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

static inline int crypto_is_bad_password(unsigned long code) {
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_BAD_PASSWORD_READ;
}

/* ca is a field of an ASN.1 template. */
static inline void crypto_set_ca(BASIC_CONSTRAINTS *_Nonnull constraints) { constraints->ca = 0xff; }

/* Never asks for a passphrase. */
static inline int crypto_no_passphrase(char *_Nullable buffer, int size, int writing, void *_Nullable context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

/* The next error with the text that belongs to it, if there is one. */
static inline unsigned long crypto_next_error(
    const struct crypto_functions *_Nonnull table, const char *_Nullable *_Nonnull data) {
    int flags = 0;
    *data = NULL;
    unsigned long code = table->ERR_get_error_all(NULL, NULL, NULL, data, &flags);
    if (!(flags & ERR_TXT_STRING)) *data = NULL;
    return code;
}
